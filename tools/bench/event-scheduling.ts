/** Something that consumes events and schedules a task for each: the scheduler, or what it is compared with. */
export interface EventScheduling {
  /** Resolves when it consumes. */
  start(): Promise<void>;
  /** Stands still, as under a debugger, so that it has a full queue before it from the first moment. */
  freeze(): void;
  thaw(): void;
  /** How many tasks are scheduled so far: durably, as far as this side goes. */
  scheduled(): Promise<number>;
  /** Whether it can tell of each task that it has scheduled it. */
  readonly tellsOfEach: boolean;
  /** Calls back as soon as a task is scheduled; `scheduled` may be wrong from then on. */
  onScheduled(callback: () => void): Promise<void>;
  /** Counts again. @throws Error unless exactly so many tasks are scheduled. */
  verify(expected: number): Promise<void>;
  /** Ends it. */
  close(): Promise<void>;
}
