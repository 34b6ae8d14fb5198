/** With fewer in one round, nobody is in a hurry but whoever waits for them. */
const MANY_HANDLED = 100;
/** How often it is looked whether many come, and how many that is. */
const LOOK_MS = 50;
const MANY_CAME = 25;
/** What comes after a round waits no longer for the next one. */
const MOST_MS = 300;

/**
 * Lets events come together while hundreds are added in a second: for each of them, a batch costs PostgreSQL, RabbitMQ and this
 * process the less the more are in it (docs/profiles.md). What comes at other times waits for nothing.
 */
export class Gathering {
  private came = 0;

  /** An event was added by this process. */
  oneMore(): void {
    this.came++;
  }

  /** @param handled how many were in the round before, whoever had added them. */
  async after(handled: number): Promise<void> {
    const endMs = performance.now() + MOST_MS;
    let many = handled >= MANY_HANDLED;
    for (let leftMs = MOST_MS; many && leftMs > 0; leftMs = endMs - performance.now()) {
      this.came = 0;
      const lookMs = Math.min(LOOK_MS, leftMs);
      await new Promise((resolve) => setTimeout(resolve, lookMs));
      many = this.came >= MANY_CAME;
    }
  }
}
