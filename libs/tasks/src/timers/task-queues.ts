import { StartupError } from '@budget-buddy/platform';
import type { Queue } from 'bull';
import { type TasksConfiguration } from '../tasks-configuration';
import type { TaskDefinition } from '../task/task';
import { type TaskRegistry } from '../task/task-registry';

/** Routing names something that does not exist. */
export class TaskRoutingError extends StartupError {
  override readonly name = 'TaskRoutingError';
}

/** The Bull queues of this process, and which of them a task goes to. */
export class TaskQueues {
  private readonly byName: ReadonlyMap<string, Queue>;

  /** @throws TaskRoutingError when a task's queue is not declared, or a route names an unknown task. */
  constructor(
    queues: readonly Queue[],
    private readonly configuration: TasksConfiguration,
    registry: TaskRegistry,
  ) {
    this.byName = new Map(queues.map((queue) => [queue.name, queue]));
    for (const task of configuration.routes.keys()) this.assertKnown(task, registry);
    for (const definition of registry.definitions) this.named(this.routeOf(definition), definition.name);
  }

  get all(): readonly Queue[] {
    return [...this.byName.values()];
  }

  /** Those that a worker takes tasks from. */
  get worked(): readonly Queue[] {
    const { workerQueues } = this.configuration;
    return this.all.filter(({ name }) => workerQueues?.includes(name) ?? true);
  }

  /** The queue a new timer of this task goes to. */
  routeOf(definition: Pick<TaskDefinition, 'name' | 'queue'>): string {
    return this.configuration.routes.get(definition.name) ?? definition.queue;
  }

  named(name: string, task: string): Queue {
    const queue = this.byName.get(name);
    if (queue) return queue;
    const declared = [...this.byName.keys()].join(', ');
    throw new TaskRoutingError(
      `task ${task} is routed to queue ${JSON.stringify(name)}, which is not declared; BUDGETBUDDY_QUEUES declares ${declared}`,
    );
  }

  private assertKnown(task: string, registry: TaskRegistry): void {
    if (registry.has(task)) return;
    const known = registry.definitions.map(({ name }) => name).join(', ');
    throw new TaskRoutingError(
      `BUDGETBUDDY_TASK_ROUTES routes ${JSON.stringify(task)}, which is no task; tasks are ${known}`,
    );
  }
}
