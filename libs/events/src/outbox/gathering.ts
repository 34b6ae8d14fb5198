import { Doze } from './doze';

/** With fewer in one round, nobody is in a hurry but whoever waits for them. */
const MANY_PUBLISHED = 100;
/** How often it is looked whether many come, and how many that is. */
const LOOK_MS = 100;
const MANY_CAME = 50;
/** No event is kept for longer. */
const MOST_MS = 300;

/**
 * Lets events come together while hundreds are added in a second: for each of them, a batch costs PostgreSQL, RabbitMQ and this
 * process the less the more are in it (docs/profiles.md). The few that come at other times wait for nothing.
 */
export class Gathering {
  private readonly doze = new Doze();
  private came = 0;
  private ended = false;

  /** An event was added. */
  oneMore(): void {
    this.came++;
  }

  /** @param published how many were in the round before. */
  async after(published: number): Promise<void> {
    const startedMs = performance.now();
    let many = published >= MANY_PUBLISHED;
    while (many && !this.ended && performance.now() - startedMs < MOST_MS) {
      this.came = 0;
      await this.doze.sleep(LOOK_MS);
      many = this.came >= MANY_CAME;
    }
  }

  /** Keeps nothing waiting any more. */
  end(): void {
    this.ended = true;
    this.doze.wake();
  }
}
