import { setTimeout as delay } from 'node:timers/promises';

/** The steps of a long work: before each, whether it may go on is asked, and between them live traffic gets its share. */
export class Pace {
  private sinceMs = performance.now();

  /**
   * @param mayGoOn throws when the work has to end.
   * @param restShare how long a rest is, in times of the work before it.
   */
  constructor(
    private readonly mayGoOn: () => void,
    private readonly restShare: number,
  ) {}

  /** To be called before each step. @throws what `mayGoOn` throws. */
  async step(): Promise<void> {
    const workedMs = performance.now() - this.sinceMs;
    // Shorter ones are not worth their timer, and are made up for with the next.
    if (workedMs >= 1) {
      await delay(workedMs * this.restShare);
      this.sinceMs = performance.now();
    }
    this.mayGoOn();
  }
}
