import { sql } from 'kysely';
import { AppGroup } from '../../apps/app-group';
import type { AppProcess } from '../../apps/app-process';
import { bullState, onDelayedJob } from '../bull-state';
import type { EventScheduling } from '../event-scheduling';
import type { Place } from '../place';

/** This system: budget recorded, ledger row, timer, then the acknowledgement, in one scheduler process or several. */
export class OwnScheduler implements EventScheduling {
  readonly tellsOfEach = true;
  private group?: AppGroup;

  constructor(
    private readonly place: Place,
    private readonly options: { nodeArguments?: readonly string[]; processes?: number } = {},
  ) {}

  async start(): Promise<void> {
    const { nodeArguments, processes = 1 } = this.options;
    const names = Array.from({ length: processes }, () => 'scheduler' as const);
    this.group = await AppGroup.start(names, { env: this.place.env, nodeArguments });
  }

  /** All its processes. */
  get apps(): readonly AppProcess[] {
    return this.group?.apps ?? [];
  }

  freeze(): void {
    this.signal('SIGSTOP');
  }

  thaw(): void {
    this.signal('SIGCONT');
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
    this.signal('SIGCONT');
    await this.group?.stop();
  }

  private signal(signal: NodeJS.Signals): void {
    for (const app of this.apps) app.signal(signal);
  }
}
