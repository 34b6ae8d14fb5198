import {
  type ArgumentMetadata,
  type ArgumentsHost,
  type CallHandler,
  Catch,
  type ExceptionFilter,
  type ExecutionContext,
  Injectable,
  UseFilters,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { IsString } from 'class-validator';
import { tap } from 'rxjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { DatabaseUnavailableError, HandlerPipeline } from '@budget-buddy/platform';
import { fixed } from '../retry/retry-delay';
import { RetryInterceptor } from '../retry/retry.interceptor';
import { RetryPolicies } from '../retry/retry-policies';
import { TaskAttemptError } from '../retry/task-attempt-error';
import { TaskPostponedError } from '../retry/task-postponed-error';
import { PermanentTaskError } from '../task/permanent-task-error';
import { Task } from '../task/task';
import { HandlesTask, type TaskContext } from '../task/task-handler';
import { TaskRegistry } from '../task/task-registry';
import { type BoundHandler, TaskHandlers } from './task-handlers';

@Task<Bake>({ name: 'bake', queue: 'kitchen', key: ({ cake }) => cake })
class Bake {
  @IsString() cake!: string;
}

class OvenCold extends Error {}
class NoSuchCake extends Error {}

/** What happened in the course of one test, in order. */
const trace: string[] = [];
let open = true;
let fail: Error | undefined;

const inject = {
  guard: {
    canActivate(context: ExecutionContext) {
      trace.push(`guard of ${context.getType()} ${context.getArgByIndex<Bake>(0).cake}`);
      return open;
    },
  },
  pipe: {
    transform(value: unknown, { metatype }: ArgumentMetadata) {
      if (metatype === Bake) trace.push('pipe');
      return value;
    },
  },
  interceptor: {
    intercept(_: ExecutionContext, next: CallHandler) {
      trace.push('interceptor before');
      return next.handle().pipe(tap(() => trace.push('interceptor after')));
    },
  },
};

@Catch(OvenCold)
class HidesColdOven implements ExceptionFilter {
  catch(error: Error, host: ArgumentsHost) {
    trace.push(`filter of ${host.getType()}: ${error.constructor.name}`);
    return 'all is well';
  }
}

@Catch(NoSuchCake)
class KnowsBetter implements ExceptionFilter {
  catch() {
    throw new PermanentTaskError('that cake cannot be baked');
  }
}

@Injectable()
@HandlesTask(Bake)
@UseGuards(inject.guard)
@UsePipes(inject.pipe)
@UseInterceptors(inject.interceptor)
@UseFilters(HidesColdOven, KnowsBetter)
class BakeHandler {
  async handle({ cake }: Bake): Promise<string> {
    trace.push(`bake ${cake}`);
    if (fail) throw fail;
    return cake;
  }
}

describe("a task's handler runs as Nest runs a route", () => {
  let handler: BoundHandler;
  const context = { name: 'bake', attempt: 1 } as TaskContext;
  const run = () => handler.handle(Object.assign(new Bake(), { cake: 'tart' }), { ...context });

  beforeEach(async () => {
    trace.length = 0;
    open = true;
    fail = undefined;
    const app = await Test.createTestingModule({
      imports: [DiscoveryModule],
      providers: [
        { provide: TaskRegistry, useFactory: () => new TaskRegistry([Bake]) },
        { provide: RetryPolicies, useValue: { of: () => ({ maxRetries: 3, retryDelay: fixed('PT7S') }) } },
        RetryInterceptor,
        HandlerPipeline,
        TaskHandlers,
        BakeHandler,
      ],
    }).compile();
    app.useLogger(false);
    await app.init();
    handler = app.get(TaskHandlers).of('bake');
  });

  it('through guards, interceptors and pipes', async () => {
    expect(await run()).toBe('tart');
    expect(trace).toEqual(['guard of task tart', 'interceptor before', 'pipe', 'bake tart', 'interceptor after']);
  });

  it('and not at all when a guard says no', async () => {
    open = false;
    await expect(run()).rejects.toThrow('Forbidden resource');
    expect(trace).toEqual(['guard of task tart']);
  });

  it('and its error becomes a decision', async () => {
    fail = new Error('eggs');
    const error: unknown = await run().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TaskAttemptError);
    expect(error).toMatchObject({ cause: fail, decision: { retry: true, delayMs: 7000 } });
  });

  it('and a filter cannot make its failure a success', async () => {
    fail = new OvenCold('cold');
    await expect(run()).rejects.toMatchObject({ cause: fail });
    expect(trace).toContain('filter of task: OvenCold');
  });

  it('and a filter can replace the error', async () => {
    fail = new NoSuchCake('bread');
    await expect(run()).rejects.toThrow(PermanentTaskError);
  });

  it("and PostgreSQL's absence is no failure of it", async () => {
    fail = new DatabaseUnavailableError(new Error('gone'));
    await expect(run()).rejects.toThrow(TaskPostponedError);
  });
});
