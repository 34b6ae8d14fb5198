import { RABBIT_CONTEXT_TYPE_KEY, RabbitRpcParamsFactory } from '@golevelup/nestjs-rabbitmq';
import { type HandlerPipeline, isTransientDatabaseError } from '@budget-buddy/platform';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants';
import type { EventContext } from './event-context';

/** Runs a handler for an event; rejects with what went wrong. */
export type EventHandler = (event: object, context: EventContext) => Promise<void>;

/** As golevelup calls its own handlers: `isRabbitContext` holds, pipes run on `@RabbitPayload()` and its like. */
const AS_GOLEVELUP = {
  contextType: RABBIT_CONTEXT_TYPE_KEY,
  metadataKey: ROUTE_ARGS_METADATA,
  paramsFactory: new RabbitRpcParamsFactory(),
};

/** Makes a method the handler of events, run as Nest runs those of HTTP routes. */
export function eventHandler(pipelines: HandlerPipeline, instance: object, method: string): EventHandler {
  const pipeline = pipelines.create(instance, method, AS_GOLEVELUP);
  return async (event, context) => {
    try {
      await pipeline.run(event, context, context.headers);
    } catch (error) {
      // An outage is no failure of the handler, and is tried again too often to be reported each time.
      if (isTransientDatabaseError(error)) throw error;
      throw await pipeline.filter(error, event, context, context.headers);
    }
  };
}
