import { RABBIT_CONTEXT_TYPE_KEY, RabbitRpcParamsFactory } from '@golevelup/nestjs-rabbitmq';
import { Injectable } from '@nestjs/common';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import { ExternalContextCreator } from '@nestjs/core';
import { isTransientDatabaseError } from '@budget-buddy/platform';
import type { EventContext } from './event-context';

/** Runs a handler for an event; rejects with what went wrong. */
export type EventHandler = (event: object, context: EventContext) => Promise<void>;

type Call = (...args: unknown[]) => Promise<unknown>;

const params = new RabbitRpcParamsFactory();
const FILTERS_ONLY = { filters: true, guards: false, interceptors: false };
const ALL_BUT_FILTERS = { filters: false, guards: true, interceptors: true };

/**
 * Calls handlers through Nest's execution context, as golevelup calls its own: guards, interceptors, pipes (on
 * parameters decorated with `@RabbitPayload()` and its like) and exception filters apply, and `isRabbitContext`
 * holds in all of them.
 */
@Injectable()
export class HandlerPipeline {
  constructor(private readonly contexts: ExternalContextCreator) {}

  create(instance: object, method: string): EventHandler {
    const handler = this.call(instance, (instance as Record<string, Call>)[method] as Call, method, ALL_BUT_FILTERS);
    const filter = this.createFilter(instance, method);
    return async (event, context) => {
      try {
        await handler(event, context, context.headers);
      } catch (error) {
        // An outage is no failure of the handler, and is tried again too often to be reported each time.
        if (!isTransientDatabaseError(error)) await filter(error, event, context);
        throw error;
      }
    };
  }

  /**
   * Filters come second and cannot make a failure a success: a catch-all written for HTTP would otherwise have the
   * message acknowledged and lost. What a filter throws takes the place of the error.
   */
  private createFilter(instance: object, method: string) {
    const errors = new WeakMap<EventContext, unknown>();
    const rethrow: Call = async (_event, context) => {
      throw errors.get(context as EventContext);
    };
    const handler = (instance as Record<string, object>)[method] as object;
    for (const key of Reflect.getMetadataKeys(handler)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), rethrow);
    }
    const call = this.call(instance, rethrow, `${method} (filters)`, FILTERS_ONLY);
    return async (error: unknown, event: object, context: EventContext): Promise<void> => {
      errors.set(context, error);
      await call(event, context, context.headers);
    };
  }

  private call(instance: object, callback: Call, method: string, options: typeof ALL_BUT_FILTERS): Call {
    return this.contexts.create(
      instance,
      callback,
      method,
      ROUTE_ARGS_METADATA,
      params,
      undefined,
      undefined,
      options,
      RABBIT_CONTEXT_TYPE_KEY,
    ) as Call;
  }
}
