import { sql } from 'kysely';
import { AppProcess } from '../../apps/app-process';
import { bullState, onDelayedJob } from '../bull-state';
import type { EventScheduling } from '../event-scheduling';
import type { Place } from '../place';

/** This system: budget recorded, ledger row, timer, then the acknowledgement, in one scheduler process. */
export class OwnScheduler implements EventScheduling {
  readonly tellsOfEach = true;
  private app?: AppProcess;

  constructor(
    private readonly place: Place,
    private readonly options: { nodeArguments?: readonly string[] } = {},
  ) {}

  async start(): Promise<void> {
    this.app = AppProcess.spawn('scheduler', { env: this.place.env, ...this.options });
    await this.app.ready();
  }

  freeze(): void {
    this.app!.signal('SIGSTOP');
  }

  thaw(): void {
    this.app!.signal('SIGCONT');
  }

  /** The timer is set last. */
  async scheduled(): Promise<number> {
    return (await bullState(this.place.redis, this.place.prefix)).delayed;
  }

  async onScheduled(callback: () => void): Promise<void> {
    await onDelayedJob(this.place.redis, this.place.prefix, callback);
  }

  async verify(expected: number): Promise<void> {
    const { rows } = await sql<{ tasks: number; budgets: number }>`
      select (select count(*) from tasks.task where status = 'scheduled')::int as tasks,
             (select count(*) from budgets.budget)::int as budgets`.execute(this.place.database.db);
    const found = { ...rows[0], timers: await this.scheduled() };
    const wanted = { tasks: expected, budgets: expected, timers: expected };
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      throw new Error(`scheduler: found ${JSON.stringify(found)}, expected ${JSON.stringify(wanted)}`);
    }
  }

  /** In good order, so that a profile of it is written. */
  async close(): Promise<void> {
    this.app?.signal('SIGCONT');
    await this.app?.stop();
  }
}
