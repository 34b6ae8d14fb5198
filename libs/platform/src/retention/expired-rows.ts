import type { Tx } from '../postgres/database';

/** What came of one batch. */
export interface RemovedBatch {
  readonly removed: number;
  /** Nothing behind it is old enough. */
  readonly isLast: boolean;
}

/** Removes some rows, those behind the ones that the call before it looked at. */
export type RemoveBatch = (tx: Tx) => Promise<RemovedBatch>;

/** Rows of one kind that leave when they have been kept long enough. */
export interface ExpiredRows {
  /** What they are, in the plural, as the log tells of them: `published events`. */
  readonly what: string;
  /** Begins at the oldest one. A batch is to take some milliseconds, and to wait for no other transaction. */
  walk(): RemoveBatch;
}
