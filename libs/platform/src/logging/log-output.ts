import { writeSync } from 'node:fs';
import type { DestinationStream } from 'pino';

const STDOUT = 1;
/** Written at once instead of at the end of the event loop's turn, in characters: as much as a pipe holds. */
const BATCH = 65_536;
/** What may wait for a reader that is slow or hangs, in characters; lines beyond are dropped and counted. */
const MOST_WAITING = 8 * 2 ** 20;
const MOST_RETRY_MS = 100;
/** How long the end of the process waits for a reader. */
const LAST_PATIENCE_MS = 1_000;
const LAST_RETRY_MS = 5;

/** Nobody will ever read what is written there. */
const READER_GONE = new Set(['EPIPE', 'ECONNRESET', 'ENOTCONN', 'EIO', 'EBADF']);

/**
 * The lines of the log on their way to stdout: collected during a turn of the event loop and written in one go after it.
 *
 * Writing never waits for a reader. pino's own asynchronous destination (sonic-boom 4) would at the end of the process:
 * for ever when the reader is gone, and as long as a thread of libuv is stuck in a write to a full pipe. Here one who
 * does not read loses lines, and the process works on and ends as if he did.
 */
export class LogOutput implements DestinationStream {
  private waiting = '';
  /** Being written: what the reader has not taken yet of what waited before. */
  private batch = Buffer.alloc(0);
  private dropped = 0;
  private scheduled = false;
  private retryMs = 0;
  private readerGone = false;

  /** @param droppedLine the line that tells how many were dropped. */
  constructor(private readonly droppedLine: (count: number) => string) {
    // Node makes a pipe that is its process.stdout non-blocking, and an unheard error of it would end the process.
    process.stdout.on('error', () => undefined);
    process.once('exit', () => this.flushAtExit());
  }

  write(line: string): void {
    if (this.readerGone) return;
    if (this.waiting.length > MOST_WAITING) {
      this.dropped++;
      return;
    }
    this.waiting += line;
    if (this.scheduled) return;
    if (this.waiting.length >= BATCH) this.flushSync();
    else this.schedule();
  }

  /** Writes as much as the reader takes without being waited for. pino calls it after a fatal error. */
  flushSync(): void {
    if (!this.writeWaiting()) this.scheduleRetry();
  }

  private schedule(): void {
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flushSync();
    });
  }

  private scheduleRetry(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.retryMs = Math.min(MOST_RETRY_MS, Math.max(1, this.retryMs * 2));
    setTimeout(() => {
      this.scheduled = false;
      this.flushSync();
    }, this.retryMs).unref();
  }

  /** @returns whether nothing waits any more. */
  private writeWaiting(): boolean {
    try {
      while (this.nextBatch()) {
        this.batch = this.batch.subarray(writeSync(STDOUT, this.batch));
        this.retryMs = 0;
      }
      return true;
    } catch (error) {
      if (!READER_GONE.has((error as NodeJS.ErrnoException).code ?? '')) return false;
      this.forget();
      return true;
    }
  }

  private nextBatch(): boolean {
    if (this.batch.length > 0) return true;
    if (this.dropped > 0) this.waiting += this.droppedLine(this.dropped);
    this.batch = Buffer.from(this.waiting);
    this.waiting = '';
    this.dropped = 0;
    return this.batch.length > 0;
  }

  private forget(): void {
    this.readerGone = true;
    this.waiting = '';
    this.batch = Buffer.alloc(0);
  }

  /** Nothing asynchronous happens any more, and no deadline would end what hangs here. */
  private flushAtExit(): void {
    const deadline = performance.now() + LAST_PATIENCE_MS;
    while (!this.writeWaiting() && performance.now() < deadline) pauseThread(LAST_RETRY_MS);
  }
}

function pauseThread(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
