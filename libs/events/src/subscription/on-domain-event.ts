import 'reflect-metadata';
import type { EventClass } from '../event/domain-event';
import type { EventContext } from './event-context';

const METADATA = Symbol('budget-buddy:on-domain-event');

type EventHandlerMethod<T> = (event: T, context: EventContext) => unknown;

/**
 * Has a provider's method called with each event of these classes: `async method(event, context: EventContext)`.
 * It should end in milliseconds and must bear being called again with the same event. When it returns, the message
 * is acknowledged; an error has it tried again later, `PermanentEventError` sends it to the dead letters.
 */
export function OnDomainEvent<Classes extends EventClass[]>(...eventClasses: Classes) {
  return <Method extends EventHandlerMethod<InstanceType<Classes[number]>>>(
    _target: object,
    _method: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    Reflect.defineMetadata(METADATA, eventClasses, descriptor.value as object);
  };
}

/** The classes a method handles; none when it is not decorated. */
export function handledEvents(method: object): readonly EventClass[] {
  return (Reflect.getMetadata(METADATA, method) as EventClass[] | undefined) ?? [];
}
