import type { TaskRun } from './run-log';

/** A no-op task to be run. */
export interface DueTask {
  /** Its identity; see `budgetIdOf`. */
  readonly number: number;
  /** In ms since 1970; undefined: as soon as possible. */
  readonly dueAtMs?: number;
}

/** Something that runs tasks: a worker, or what it is compared with. */
export interface TaskRunning {
  /** Resolves when it is ready for tasks. */
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
  /** Hands over tasks. */
  schedule(tasks: readonly DueTask[]): Promise<void>;
  /** Resolves when each task handed over is where it waits for its time: a worker may have to take it first. */
  taken(): Promise<void>;
  /** How many of the tasks handed over are not done. */
  pending(): Promise<number>;
  /** Resolves when it has nothing left to do about tasks that are done, where it has more to do than them. */
  settled?(): Promise<void>;
  /** Each time that a task was done, by the record of it; where there is none, each run of its body. */
  done(): Promise<TaskRun[]>;
  /** Each run of a task's body. */
  runs(): Promise<TaskRun[]>;
  /** The memory of all its processes, in bytes, what they share counted once. */
  memoryBytes(): number;
  /** Ends its processes as a power cut would; `start` may be called again. */
  kill(): Promise<void>;
  /** @throws Error unless everything handed over is on record as done, if this side keeps a record. */
  verify(): Promise<void>;
  /** Ends it and lets go of all it has opened. */
  close(): Promise<void>;
}
