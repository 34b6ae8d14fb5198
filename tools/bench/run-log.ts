import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A task's body was run: the number of the task, and when, in ms since 1970. */
export interface TaskRun {
  readonly number: number;
  readonly atMs: number;
}

/** The variable that tells a worker of any side where its log is. */
export const RUN_LOG_VARIABLE = 'BENCH_RUN_LOG';
/** An unsigned number and a double, little endian: `struct.pack("<Qd", …)` in Python. */
const RECORD_BYTES = 16;

/**
 * The file in which the no-op tasks of all sides, in whatever process and language, write down that they ran: one small
 * append, which is atomic, and survives a kill.
 */
export class RunLog {
  private readonly folder = mkdtempSync(join(tmpdir(), 'budget-buddy-bench-'));
  readonly path = join(this.folder, 'runs');
  private readonly file = openSync(this.path, 'a+');

  /** How often any task ran. */
  get count(): number {
    return Math.floor(fstatSync(this.file).size / RECORD_BYTES);
  }

  read(): TaskRun[] {
    const bytes = readFileSync(this.path);
    return Array.from({ length: Math.floor(bytes.length / RECORD_BYTES) }, (_, index) => ({
      number: Number(bytes.readBigUInt64LE(index * RECORD_BYTES)),
      atMs: bytes.readDoubleLE(index * RECORD_BYTES + 8),
    }));
  }

  remove(): void {
    closeSync(this.file);
    rmSync(this.folder, { recursive: true });
  }
}

/** The other end of a {@link RunLog}, in a worker's process. */
export class RunLogWriter {
  private readonly file = openSync(process.env[RUN_LOG_VARIABLE]!, 'a');

  append(number: number): void {
    const record = Buffer.allocUnsafe(RECORD_BYTES);
    record.writeBigUInt64LE(BigInt(number));
    record.writeDoubleLE(Date.now(), 8);
    writeSync(this.file, record);
  }
}
