import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock, Database, Retention, Shutdown } from '@budget-buddy/platform';
import { TaskRegistry } from '../task/task-registry';
import { TasksConfiguration } from '../tasks-configuration';
import { OldReconciliations } from './old-reconciliations';
import { SettledTasks } from './settled-tasks';

/** Has tasks that may be forgotten leave the ledger, and records of the reconciler. */
@Injectable()
export class TaskRetention implements OnApplicationBootstrap {
  private readonly retention: Retention;

  constructor(
    database: Database,
    clock: Clock,
    registry: TaskRegistry,
    { taskRetention }: TasksConfiguration,
    private readonly shutdown: Shutdown,
  ) {
    const keptMs = taskRetention.total('milliseconds');
    const before = () => clock.now().subtract({ milliseconds: keptMs });
    const forgettable = registry.definitions.filter((definition) => definition.forgettable);
    const names = forgettable.flatMap(({ name, aliases }) => [name, ...aliases]);
    const rows = [...names.map((name) => new SettledTasks(name, before)), new OldReconciliations(before)];
    this.retention = new Retention(database, { name: 'tasks', leaseTable: 'tasks.retention', rows });
  }

  onApplicationBootstrap(): void {
    this.retention.start(this.shutdown);
  }

  /** Removes now what is old enough, if it is due and no other process is at it. @throws DatabaseUnavailableError */
  pass(): Promise<void> {
    return this.retention.pass();
  }
}
