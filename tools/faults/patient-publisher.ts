import { EventClient } from '@budget-buddy/events';
import { setTimeout as delay } from 'node:timers/promises';

/** What became of one publication. */
export interface Confirmation {
  /** The message ids under which it was tried: all but the last may have arrived, or not. */
  readonly messageIds: readonly string[];
  /** In ms since 1970. */
  readonly confirmedAtMs: number;
}

/** Longer than a broker is frozen: one that is killed says so by itself. */
const CONFIRM_TIMEOUT_MS = 15_000;
const BETWEEN_TRIES_MS = 250;

/** Publishes as a careful service does: connects again after each loss, and tries until the broker has confirmed. */
export class PatientPublisher {
  private client?: Promise<EventClient>;

  constructor(
    private readonly url: string,
    private readonly exchange: string,
  ) {}

  /**
   * Resolves once the broker has confirmed the message and a queue has it.
   * @param id names the publication; each try of it has a message id of its own, `<id>/<try>`.
   * @throws the signal's reason.
   */
  async publish(id: string, event: string, body: unknown, signal: AbortSignal): Promise<Confirmation> {
    const messageIds: string[] = [];
    for (;;) {
      signal.throwIfAborted();
      const messageId = `${id}/${messageIds.length + 1}`;
      const client = await this.connected(signal);
      messageIds.push(messageId);
      if (await this.confirmed(client, event, body, messageId)) return { messageIds, confirmedAtMs: Date.now() };
      await delay(BETWEEN_TRIES_MS, undefined, { signal });
    }
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    await client?.close().catch(() => undefined);
  }

  private async connected(signal: AbortSignal): Promise<EventClient> {
    for (;;) {
      const attempt = (this.client ??= EventClient.connect({ urls: [this.url] }, this.exchange));
      try {
        return await attempt;
      } catch {
        if (this.client === attempt) this.client = undefined;
        await delay(BETWEEN_TRIES_MS, undefined, { signal });
      }
    }
  }

  private async confirmed(client: EventClient, event: string, body: unknown, messageId: string): Promise<boolean> {
    const timeout = delay(CONFIRM_TIMEOUT_MS, 'too late' as const, { ref: false });
    const answer = client.publish(event, body, { messageId }).then(
      ({ routed }) => (routed ? 'confirmed' : 'unheard'),
      () => 'lost' as const,
    );
    const outcome = await Promise.race([answer, timeout]).catch(() => 'lost' as const);
    if (outcome === 'lost' || outcome === 'too late') await this.giveUp(client);
    return outcome === 'confirmed';
  }

  /** The next try makes a new connection. */
  private async giveUp(client: EventClient): Promise<void> {
    if ((await this.client?.catch(() => undefined)) !== client) return;
    this.client = undefined;
    void client.close().catch(() => undefined);
  }
}
