import { Injectable, Scope, type Provider, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it } from 'vitest';
import { HandlerPipeline } from '@budget-buddy/platform';
import { RetryInterceptor } from '../retry/retry.interceptor';
import { RetryPolicies } from '../retry/retry-policies';
import { Task } from '../task/task';
import { HandlesTask } from '../task/task-handler';
import { TaskRegistry } from '../task/task-registry';
import { TaskHandlers } from './task-handlers';

@Task<Sweep>({ name: 'sweep', queue: 'house', key: () => 'sweep' })
class Sweep {}

@Task<Dust>({ name: 'dust', queue: 'house', key: () => 'dust' })
class Dust {}

class Handler {
  async handle(): Promise<void> {}
}

@Injectable()
@HandlesTask(Sweep)
class SweepHandler extends Handler {}

@Injectable()
@HandlesTask(Sweep)
class OtherSweepHandler extends Handler {}

@Injectable({ scope: Scope.REQUEST })
@HandlesTask(Sweep)
class ScopedSweepHandler extends Handler {}

async function boot(tasks: Type<object>[], providers: Provider[]): Promise<void> {
  const app = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [
      { provide: TaskRegistry, useFactory: () => new TaskRegistry(tasks) },
      { provide: RetryPolicies, useValue: {} },
      RetryInterceptor,
      HandlerPipeline,
      TaskHandlers,
      ...providers,
    ],
  }).compile();
  await app.init();
}

describe('a worker starts', () => {
  it('when every task has exactly one handler', async () => {
    await expect(boot([Sweep], [SweepHandler])).resolves.toBeUndefined();
  });

  it.each([
    [
      'a task has no handler',
      [Sweep, Dust],
      [SweepHandler],
      'task dust has no handler; provide a class with @HandlesTask for it',
    ],
    [
      'a task has two',
      [Sweep],
      [SweepHandler, OtherSweepHandler],
      'task sweep has 2 handlers (SweepHandler, OtherSweepHandler), expected exactly one',
    ],
    [
      'a handler is for a task that is not listed',
      [Dust],
      [SweepHandler],
      'SweepHandler handles sweep, which TasksModule.forWorker does not list',
    ],
    [
      'a handler is request-scoped',
      [Sweep],
      [ScopedSweepHandler],
      'ScopedSweepHandler handles Sweep but is request-scoped; expected a singleton',
    ],
    ['a class is no task', [Handler], [], 'Handler is not a task: it has no @Task decorator'],
    ['a task is listed twice', [Sweep, Sweep], [SweepHandler], 'two tasks are named sweep: Sweep and Sweep'],
  ])('not when %s', async (_, tasks, providers, message) => {
    await expect(boot(tasks, providers)).rejects.toThrow(message);
  });
});
