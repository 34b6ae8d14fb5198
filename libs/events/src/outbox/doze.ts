/** Sleep that can be ended by a call, also by one that came while nobody slept. */
export class Doze {
  private woken = false;
  private end: () => void = () => undefined;

  /** Ends the sleep, or keeps the next one from beginning. */
  wake(): void {
    this.woken = true;
    this.end();
  }

  async sleep(ms: number): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.end = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.woken = false;
  }
}
