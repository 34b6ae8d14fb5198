import { describeError, Readiness, Shutdown } from '@budget-buddy/platform';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { BrokerUnavailableError } from '../broker/broker-errors';
import { ConfirmingPublisher } from '../broker/confirming-publisher';
import { growingDelayMs } from '../broker/growing-delay';
import { EventsConfiguration } from '../events-configuration';
import { Doze } from './doze';
import { Gathering } from './gathering';
import { OutboxBatch } from './outbox-batch';
import { type Cutoff, OutboxStore } from './outbox-store';

const BATCH_SIZE = 250;
/** Each partition at work holds a connection of the pool. */
const PARTITIONS_AT_ONCE = 2;
/** At most: the publisher says so when it is open. That the broker is away is told by who keeps the connection. */
const WAIT_FOR_BROKER_MS = 5_000;
/** How long a shutdown waits for partitions that other relays are emptying. */
const OTHERS_PATIENCE = { rounds: 20, delayMs: 50 };

/** What one look at the outbox came to. */
interface Round {
  /** Rows that were read and dealt with. */
  handled: number;
  /** Partitions with waiting rows that another relay is at work on. */
  busy: number;
  /** Batches that were as large as may be, so that more is waiting, most likely. */
  full: number;
}

/**
 * Publishes what is in the outbox: at least once, in order within each ordering key, with publisher confirms. Any
 * number of relays may run, in any number of processes. A crash between the broker's confirm and the commit has the
 * events published again, under the same message ids.
 */
@Injectable()
export class OutboxRelay implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(OutboxRelay.name);
  private readonly idle = new Doze();
  /** Not ended by new events: while the broker is away, they must not drive the relay round and round. */
  private readonly backoff = new Doze();
  private readonly gathering = new Gathering();
  private running?: Promise<void>;
  private stopped = false;
  private failures = 0;

  constructor(
    private readonly store: OutboxStore,
    private readonly publisher: ConfirmingPublisher,
    private readonly configuration: EventsConfiguration,
    private readonly shutdown: Shutdown,
    private readonly readiness: Readiness,
  ) {}

  onApplicationBootstrap(): void {
    this.shutdown.on('flush', 'outbox', () => this.flush());
    this.readiness.register('outbox', async () => this.requirePublisher());
    this.publisher.start(() => this.backoff.wake());
    this.running = this.run();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.stop();
    await this.publisher.stop();
  }

  /** Something was committed to the outbox: have a look now. Costs nothing, and may be called as often as one likes. */
  wake(): void {
    this.gathering.oneMore();
    this.idle.wake();
  }

  /**
   * Publishes what is there now, however much others add meanwhile. What cannot be published, because the broker is
   * away or refuses it, stays for the relay of another process, or of the next start.
   */
  async flush(): Promise<void> {
    try {
      await this.empty();
    } catch (error) {
      this.logger.warn(`What is left in the outbox waits for another relay: ${describeError(error)}`);
    }
  }

  private async empty(): Promise<void> {
    const cutoff = await this.store.cutoff();
    for (let patience = OTHERS_PATIENCE.rounds; patience > 0;) {
      const { handled, busy } = await this.round(cutoff);
      if (handled > 0) continue;
      if (busy === 0) return;
      patience--;
      await new Promise((resolve) => setTimeout(resolve, OTHERS_PATIENCE.delayMs));
    }
  }

  private async stop(): Promise<void> {
    this.stopped = true;
    this.idle.wake();
    this.backoff.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      if (!this.publisher.isOpen) {
        await this.backoff.sleep(WAIT_FOR_BROKER_MS);
        continue;
      }
      try {
        const { handled, full } = await this.round();
        this.succeeded();
        if (full === 0) await this.gathering.after(handled);
        if (handled === 0) await this.idle.sleep(this.configuration.outboxPollInterval.total('milliseconds'));
      } catch (error) {
        await this.failed(error);
      }
    }
  }

  private async round(cutoff?: Cutoff): Promise<Round> {
    this.requirePublisher();
    const partitions = await this.store.waitingPartitions(cutoff);
    const round: Round = { handled: 0, busy: 0, full: 0 };
    const work = async (): Promise<void> => {
      for (let partition = partitions.pop(); partition !== undefined; partition = partitions.pop()) {
        await this.publishBatch(partition, round, cutoff);
      }
    };
    const results = await Promise.allSettled(Array.from({ length: PARTITIONS_AT_ONCE }, work));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason as Error;
    return round;
  }

  private requirePublisher(): void {
    const { whyClosed } = this.publisher;
    if (whyClosed !== undefined) throw new BrokerUnavailableError(whyClosed);
  }

  private async publishBatch(partition: number, round: Round, cutoff?: Cutoff): Promise<void> {
    const batch = new OutboxBatch(this.publisher, this.configuration);
    const rows = await this.store.takeBatch(partition, BATCH_SIZE, (waiting) => batch.publish(waiting), cutoff);
    if (rows === undefined) round.busy++;
    else round.handled += rows;
    if (rows === BATCH_SIZE) round.full++;
    if (batch.interruption) throw batch.interruption;
  }

  private succeeded(): void {
    if (this.failures > 0) this.logger.log('Publishing goes on');
    this.failures = 0;
  }

  /** One line for an outage, however long; the events are safe in the database meanwhile. */
  private async failed(error: unknown): Promise<void> {
    if (this.failures++ === 0) this.logger.warn(`Publishing is interrupted, trying again: ${describeError(error)}`);
    if (!this.stopped) await this.backoff.sleep(growingDelayMs(this.failures));
  }
}
