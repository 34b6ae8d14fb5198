import type { Queue } from 'bull';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '@budget-buddy/platform';
import { Task } from '../task/task';
import { TaskRegistry } from '../task/task-registry';
import { TasksConfiguration } from '../tasks-configuration';
import { TaskQueues } from './task-queues';

@Task<Sweep>({ name: 'sweep', queue: 'house', key: () => 'sweep' })
class Sweep {}

const sweep = { name: 'sweep', queue: 'house' };

function queues(routes: string, ...names: string[]): TaskQueues {
  const configuration = loadConfiguration([TasksConfiguration], { BUDGETBUDDY_TASK_ROUTES: routes });
  const made = names.map((name) => ({ name }) as Queue);
  return new TaskQueues(made, configuration.get(TasksConfiguration), new TaskRegistry([Sweep]));
}

describe('routing', () => {
  it('sends a task to the queue its class names', () => {
    expect(queues('', 'house').routeOf(sweep)).toBe('house');
  });

  it('sends a task to the queue the configuration names', () => {
    expect(queues('sweep = garden', 'house', 'garden').routeOf(sweep)).toBe('garden');
  });

  it.each([
    [
      "a task's queue is not declared",
      '',
      'task sweep is routed to queue "house", which is not declared; BUDGETBUDDY_QUEUES declares attic',
    ],
    ['a route names a queue that is not declared', 'sweep=cellar', 'task sweep is routed to queue "cellar"'],
    ['a route names no task', 'mop=attic', 'BUDGETBUDDY_TASK_ROUTES routes "mop", which is no task; tasks are sweep'],
    ['a route cannot be read', 'sweep', 'task=queue, separated by commas'],
  ])('keeps an app from starting when %s', (_, routes, message) => {
    expect(() => queues(routes, 'attic')).toThrow(message);
  });
});
