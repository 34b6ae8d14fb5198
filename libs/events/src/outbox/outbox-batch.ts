import { Logger } from '@nestjs/common';
import { MessageRefusedError } from '../broker/broker-errors';
import type { ConfirmingPublisher } from '../broker/confirming-publisher';
import type { EventsConfiguration } from '../events-configuration';
import { OversizedEventError } from '../event/oversized-event-error';
import { eventProperties, type OutboxRow } from './event-message';
import type { BatchOutcome } from './outbox-store';

/** What is not begun by then is left to the next batch: the transaction that holds the rows may not idle for long. */
const MOST_MS = 5_000;

/**
 * Publishes rows side by side, but those of one key one after the other: a key whose event is refused keeps its
 * order, and holds up no other key.
 */
export class OutboxBatch {
  private readonly logger = new Logger(OutboxBatch.name);
  private readonly startedMs = performance.now();
  private readonly outcome: BatchOutcome = { publishedIds: [], refusals: [] };
  /** Why the rest of the batch was not published, when something is wrong with the broker. */
  interruption?: Error;

  constructor(
    private readonly publisher: ConfirmingPublisher,
    private readonly configuration: Pick<EventsConfiguration, 'exchange' | 'maxBytes'>,
  ) {}

  /** Never rejects: whatever was confirmed is in the outcome. */
  async publish(rows: readonly OutboxRow[]): Promise<BatchOutcome> {
    const keys = new Map<string, OutboxRow[]>();
    for (const row of rows) {
      const chain = keys.get(row.ordering_key);
      if (chain) chain.push(row);
      else keys.set(row.ordering_key, [row]);
    }
    await Promise.all([...keys.values()].map((chain) => this.publishChain(chain)));
    this.reportUnheard();
    return this.outcome;
  }

  private async publishChain(chain: readonly OutboxRow[]): Promise<void> {
    for (const row of chain) {
      if (this.interruption || performance.now() - this.startedMs > MOST_MS) return;
      try {
        await this.publishRow(row);
        this.outcome.publishedIds.push(row.id);
      } catch (error) {
        this.failed(row, error as Error);
        return;
      }
    }
  }

  private async publishRow(row: OutboxRow): Promise<void> {
    const { exchange, maxBytes } = this.configuration;
    const body = Buffer.from(row.body);
    // Not what Outbox.add lets through; the broker would close the channel, and with it all others' publishing.
    if (body.length > maxBytes) throw new OversizedEventError(body.length, maxBytes);
    const { type: routingKey, mandatory } = row;
    await this.publisher.publish({ exchange, routingKey, body, mandatory, options: eventProperties(row) });
  }

  private failed(row: OutboxRow, error: Error): void {
    if (error instanceof MessageRefusedError || error instanceof OversizedEventError) {
      const unheard = error instanceof MessageRefusedError && error.unroutable;
      this.outcome.refusals.push({ row, error: error.message, unheard });
      if (!unheard) {
        this.logger.error(`The event ${row.type} ${row.message_id} cannot be published: ${error.message}`);
      }
    } else {
      this.interruption = error;
    }
  }

  /** One line a kind: all wait for the same queue, and may be thousands. */
  private reportUnheard(): void {
    const counts = new Map<string, number>();
    for (const { row, unheard } of this.outcome.refusals) {
      if (unheard) counts.set(row.type, (counts.get(row.type) ?? 0) + 1);
    }
    for (const [type, count] of counts) {
      this.logger.error(`${count} ${type} must be heard, but no queue is bound for it: kept, and tried again`);
    }
  }
}
