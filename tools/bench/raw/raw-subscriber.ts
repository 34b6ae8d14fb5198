import { bullState, onDelayedJob } from '../bull-state';
import type { EventScheduling } from '../event-scheduling';
import type { Place } from '../place';
import type { RawEventsSettings, RawScheduling } from './parts/events';
import { RawProcess } from './raw-process';

/** golevelup's subscriber, which does nothing with an event, or makes it a delayed Bull job; no ledger. */
export class RawSubscriber implements EventScheduling {
  private process?: RawProcess;
  private queue = '';

  constructor(
    private readonly place: Place,
    private readonly scheduling: RawScheduling,
  ) {}

  get tellsOfEach(): boolean {
    return this.scheduling === 'bull';
  }

  async start(): Promise<void> {
    // Of the same kind as the product's queue.
    this.queue = await this.place.declareQueue('events', { 'x-queue-type': 'quorum' }, 'BudgetCreated');
    const { url, exchange } = this.place.broker;
    const settings: RawEventsSettings = { url, exchange, queue: this.queue, scheduling: this.scheduling };
    this.process = RawProcess.start('events', settings, this.place.env);
    await this.process.ready();
  }

  freeze(): void {
    this.process!.signal('SIGSTOP');
  }

  thaw(): void {
    this.process!.signal('SIGCONT');
  }

  async scheduled(): Promise<number> {
    if (this.scheduling === 'nothing') return this.process!.count;
    return (await bullState(this.place.redis, this.place.prefix)).delayed;
  }

  async onScheduled(callback: () => void): Promise<void> {
    await onDelayedJob(this.place.redis, this.place.prefix, callback);
  }

  async verify(expected: number): Promise<void> {
    const scheduled = await this.scheduled();
    if (scheduled !== expected) throw new Error(`raw ${this.scheduling}: ${scheduled} scheduled, expected ${expected}`);
  }

  async close(): Promise<void> {
    await this.process?.kill();
  }
}
