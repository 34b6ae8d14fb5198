import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Confirmation, PatientPublisher } from './patient-publisher';
import type { Publication } from './story';

/** Publishes all that other services tell of in a run, each at its time, whatever happens to the broker meanwhile. */
export class Traffic {
  /** What is published so far, by the publication's id. */
  readonly confirmations = new Map<string, Confirmation>();

  constructor(
    private readonly publisher: PatientPublisher,
    readonly publications: readonly Publication[],
  ) {}

  /**
   * Resolves when the last one is confirmed.
   * @param startMs when the run starts, in ms since 1970.
   */
  async run(startMs: number, signal: AbortSignal): Promise<void> {
    // Each publication waits on it for its time; Node takes so many for a leak.
    setMaxListeners(0, signal);
    const publishing = this.publications.map(async ({ id, atMs, event, body }) => {
      await delay(Math.max(0, startMs + atMs - Date.now()), undefined, { signal });
      this.confirmations.set(id, await this.publisher.publish(id, event, body, signal));
    });
    await Promise.all(publishing);
  }
}
