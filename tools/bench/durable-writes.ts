import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repositoryRoot } from '../repository-root';
import { LateSleeps } from './late-sleeps';
import { percentile } from './percentile';

/** A page of PostgreSQL's log. */
const PAGE = Buffer.alloc(8_192, 'x');
const PAGES = 100;
const PAUSE_MS = 5;

/** How long the disk takes, with nothing else to do, for what a commit waits for: a page of a file that is there already. */
export class DurableWrites {
  private readonly tookMs: number[] = [];

  /** @param sleeps the pauses between them. */
  constructor(private readonly sleeps = new LateSleeps()) {}

  /** Writes a page now and then, and waits until the disk has it. */
  async measure(count: number, signal: AbortSignal): Promise<void> {
    const cache = join(repositoryRoot(), 'node_modules', '.cache');
    await mkdir(cache, { recursive: true });
    const folder = await mkdtemp(join(cache, 'durable-writes-'));
    try {
      await this.write(join(folder, 'pages'), count, signal);
    } finally {
      await rm(folder, { recursive: true });
    }
  }

  describe(): string {
    const ms = (share: number) => `${percentile(this.tookMs, share).toFixed(2)} ms`;
    const count = this.tookMs.length.toLocaleString('en');
    return `p50 ${ms(0.5)}, p99 ${ms(0.99)}, at most ${ms(1)} (${count} of 8 KB, one every ${PAUSE_MS} ms, before and after all else)`;
  }

  private async write(path: string, count: number, signal: AbortSignal): Promise<void> {
    await writeFile(path, Buffer.alloc(PAGES * PAGE.length), { flush: true });
    const file = await open(path, 'r+');
    try {
      for (let index = 0; index < count; index++) {
        const startMs = performance.now();
        await file.write(PAGE, 0, PAGE.length, (index % PAGES) * PAGE.length);
        await file.datasync();
        this.tookMs.push(performance.now() - startMs);
        await this.sleeps.sleep(PAUSE_MS, signal);
      }
    } finally {
      await file.close();
    }
  }
}
