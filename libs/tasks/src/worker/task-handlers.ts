import { Injectable, type OnModuleInit, type Type } from '@nestjs/common';
import { DiscoveryService, Reflector } from '@nestjs/core';
import { HandlerPipeline, type Pipeline, StartupError } from '@budget-buddy/platform';
import { TaskAttemptError } from '../retry/task-attempt-error';
import { TaskPostponedError } from '../retry/task-postponed-error';
import { definitionOf } from '../task/task';
import {
  HANDLES_TASK,
  TASK_CONTEXT_TYPE,
  TASK_PARAMETERS,
  type HandledTask,
  type TaskContext,
  type TaskFailure,
  type TaskHandler,
} from '../task/task-handler';
import { TaskRegistry } from '../task/task-registry';

/** Tasks and handlers do not match one to one. */
export class TaskHandlerError extends StartupError {
  override readonly name = 'TaskHandlerError';
}

/** A handler as Nest runs it: interceptors, guards, pipes and filters included. */
export interface BoundHandler {
  readonly sharesTransaction: boolean;
  handle(task: object, context: TaskContext): Promise<unknown>;
  failed?(task: object, failure: TaskFailure, context: TaskContext): Promise<void>;
}

type Found = HandledTask & { readonly handler: TaskHandler<object> };

/** The one handler of each task, found among the app's providers when it starts. */
@Injectable()
export class TaskHandlers implements OnModuleInit {
  private readonly byName = new Map<string, BoundHandler>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly pipelines: HandlerPipeline,
    private readonly registry: TaskRegistry,
  ) {}

  /** @throws TaskHandlerError unless every task has exactly one handler. */
  onModuleInit(): void {
    const found = this.discover();
    for (const { task, handler } of found) this.assertKnown(task, handler);
    for (const definition of this.registry.definitions) {
      const own = found.filter(({ task }) => task === definition.type);
      this.byName.set(definition.name, this.bind(theOnly(own, definition.name)));
    }
  }

  of(taskName: string): BoundHandler {
    return this.byName.get(this.registry.named(taskName).name)!;
  }

  private discover(): Found[] {
    return this.discovery.getProviders().flatMap((provider) => {
      const handled = provider.metatype && this.reflector.get<HandledTask | undefined>(HANDLES_TASK, provider.metatype);
      if (!handled) return [];
      const handler = provider.instance as TaskHandler<object> | undefined;
      if (!provider.isDependencyTreeStatic() || !handler) {
        throw new TaskHandlerError(
          `${provider.name} handles ${handled.task.name} but is request-scoped; expected a singleton`,
        );
      }
      return [{ ...handled, handler }];
    });
  }

  private assertKnown(task: Type<object>, handler: TaskHandler<object>): void {
    const { name } = definitionOf(task);
    if (this.registry.has(name)) return;
    throw new TaskHandlerError(
      `${handler.constructor.name} handles ${name}, which TasksModule.forWorker does not list`,
    );
  }

  private bind({ handler, sharesTransaction }: Found): BoundHandler {
    const pipeline = this.pipelines.create(handler, 'handle', {
      contextType: TASK_CONTEXT_TYPE,
      metadataKey: TASK_PARAMETERS,
      paramsFactory: { exchangeKeyForValue: (position: number, _data, args: unknown[]) => args[position] },
    });
    return {
      sharesTransaction,
      handle: async (task, context) => {
        try {
          return await pipeline.run(task, context);
        } catch (error) {
          throw await standing(pipeline, error, task, context);
        }
      },
      ...(handler.failed && { failed: handler.failed.bind(handler) }),
    };
  }
}

/** Filters see the handler's own error; one that throws another has changed what is to be decided. */
async function standing(pipeline: Pipeline, error: unknown, task: object, context: TaskContext): Promise<unknown> {
  if (error instanceof TaskPostponedError) return error;
  const original = error instanceof TaskAttemptError ? error.cause : error;
  const filtered = await pipeline.filter(original, task, context);
  return filtered === original ? error : filtered;
}

function theOnly(found: Found[], task: string): Found {
  const [only, ...others] = found;
  if (!only) throw new TaskHandlerError(`task ${task} has no handler; provide a class with @HandlesTask for it`);
  if (others.length === 0) return only;
  const names = found.map(({ handler }) => handler.constructor.name).join(', ');
  throw new TaskHandlerError(`task ${task} has ${found.length} handlers (${names}), expected exactly one`);
}
