import type { Type } from '@nestjs/common';
import type { RetryDelay } from '../retry/retry-delay';
import { assertUpcasters, type Upcasters } from './upcaster';

/** What the producer and the worker of a task must agree on. */
export interface TaskOptions<Payload extends object> {
  /** The wire name: a literal, never the class's own name. A rename keeps the old one in `aliases`. */
  name: string;
  /** Names this task had before, under which rows may still wait in the ledger. */
  aliases?: readonly string[];
  /**
   * The version of the payload that this class writes. Default 1. It rises with every change after which a payload
   * written before could no longer be read as it was meant; rows of all older versions may still wait.
   */
  version?: number;
  /** One from each older version, e.g. `{ 1: ({ user, ...rest }) => ({ ...rest, userId: user }) }` for version 2. */
  upcasters?: Upcasters;
  /** The Bull queue it runs in, unless `BUDGETBUDDY_TASK_ROUTES` sends it elsewhere. */
  queue: string;
  /** Tries after the first one. Default 3. */
  maxRetries?: number;
  /** How long before each retry. Default: `increasing` by `BUDGETBUDDY_TASK_RETRY_DELAY`. */
  retryDelay?: RetryDelay;
  /** The business key: what makes this piece of work one and the same, whoever asks for it and however often. */
  key: (payload: Payload) => string;
  /**
   * Its row may leave the ledger some time after it has succeeded or was skipped (`BUDGETBUDDY_TASK_RETENTION`). Whoever
   * schedules it again then has it run again: only for a task whose handler finds by itself that its work is done, from
   * what is kept for ever. Default false: the row is kept.
   */
  forgettable?: boolean;
}

/** What {@link Task} was told, with its defaults. */
export interface TaskDefinition<Payload extends object = object> extends TaskOptions<Payload> {
  type: Type<Payload>;
  aliases: readonly string[];
  version: number;
  upcasters: Upcasters;
  maxRetries: number;
}

const definitions = new WeakMap<object, TaskDefinition>();

/** Default number of retries, as Budget Buddy's Celery callers know it (`max_retries=3`). */
const DEFAULT_MAX_RETRIES = 3;

/**
 * Makes a class a task: its class-validator fields are the payload's type at compile time and its check at run time.
 * @throws TypeError at load time when an option cannot work.
 */
export function Task<Payload extends object>(options: TaskOptions<Payload>): (type: Type<Payload>) => void {
  return (type) => {
    const maxRetries = options.maxRetries ?? DEFAULT_MAX_RETRIES;
    if (!options.name) throw new TypeError(`@Task on ${type.name}: a name is needed`);
    if (!Number.isInteger(maxRetries) || maxRetries < 0) {
      throw new TypeError(`@Task ${options.name}: maxRetries is ${maxRetries}, expected a whole number from 0`);
    }
    const { version = 1, upcasters = {}, aliases = [] } = options;
    assertUpcasters(options.name, version, upcasters);
    const definition: TaskDefinition<Payload> = { ...options, type, maxRetries, aliases, version, upcasters };
    definitions.set(type, definition as unknown as TaskDefinition);
  };
}

/** @throws TypeError when the class has no `@Task` decorator. */
export function definitionOf<Payload extends object>(type: Type<Payload>): TaskDefinition<Payload> {
  const definition = definitions.get(type);
  if (!definition) throw new TypeError(`${type.name} is not a task: it has no @Task decorator`);
  return definition as unknown as TaskDefinition<Payload>;
}
