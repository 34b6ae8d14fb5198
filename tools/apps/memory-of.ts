import { join } from 'node:path';
import { waitFor } from '@budget-buddy/testing';
import { repositoryRoot } from '../repository-root';
import type { AppProcess } from './app-process';

const HOOK = join(repositoryRoot(), 'tools/apps/memory-on-signal.cjs');

/** What has an app tell of its memory: its environment. */
export const tellsMemory = { NODE_OPTIONS: `--require ${HOOK}` };

/** The same as arguments for Node. */
export const TELLS_MEMORY: readonly string[] = ['--require', HOOK];

/** What an app holds on to once all garbage is collected, and its resident size then; in bytes. */
export interface Memory {
  readonly held: number;
  readonly resident: number;
}

/** Asks an app that was started with {@link tellsMemory}, which collects its garbage then. */
export async function memoryOf(app: AppProcess): Promise<Memory> {
  const told = () => app.tail().match(/\{"memory":.*\}/g) ?? [];
  const before = told().length;
  app.signal('SIGUSR2');
  const line = await waitFor(() => told().length > before && told().at(-1), { description: `${app.name} to tell` });
  const { memory } = JSON.parse(line) as { memory: NodeJS.MemoryUsage };
  return { held: memory.heapUsed + memory.external, resident: memory.rss };
}
