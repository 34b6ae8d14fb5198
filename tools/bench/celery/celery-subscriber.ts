import type { EventScheduling } from '../event-scheduling';
import type { LineProcess } from '../line-process';
import type { Place } from '../place';
import { startPython } from './celery-program';

/** The old way: a subscriber in Python that sends a Celery task for each event, then acknowledges it. */
export class CelerySubscriber implements EventScheduling {
  private process?: LineProcess;
  private tasks = '';

  constructor(
    private readonly place: Place,
    private readonly options: { confirm: boolean },
  ) {}

  get tellsOfEach(): boolean {
    return this.options.confirm;
  }

  async start(): Promise<void> {
    this.tasks = await this.place.declareQueue('celery');
    const events = await this.place.declareQueue('events', {}, 'BudgetCreated');
    this.process = startPython(['bench_subscriber.py'], {
      BENCH_BROKER_URL: this.place.broker.url,
      BENCH_QUEUE: this.tasks,
      BENCH_EVENTS_QUEUE: events,
      BENCH_CONFIRM: this.options.confirm ? '1' : '0',
    });
    await this.process.says('READY');
  }

  freeze(): void {
    this.process!.signal('SIGSTOP');
  }

  thaw(): void {
    this.process!.signal('SIGCONT');
  }

  /** No worker takes them out. */
  async scheduled(): Promise<number> {
    return this.place.waitingIn(this.tasks);
  }

  async onScheduled(callback: () => void): Promise<void> {
    await this.place.consume(this.tasks, callback);
  }

  async verify(expected: number): Promise<void> {
    const scheduled = await this.scheduled();
    if (scheduled !== expected) throw new Error(`Celery's subscriber: ${scheduled} tasks, expected ${expected}`);
  }

  async close(): Promise<void> {
    await this.process?.kill();
  }
}
