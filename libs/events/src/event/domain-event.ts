import 'reflect-metadata';

/** A class of domain events. */
export type EventClass<T extends object = object> = new () => T;

/** How an event is known on the wire. */
export interface DomainEventOptions {
  /** Routing key and `type` of its messages. A literal: it must survive a rename of the class. */
  name: string;
  /** Other names under which older publishers still send it. */
  aliases?: readonly string[];
  /**
   * It waits in the outbox until a queue is bound for it, and events of its ordering key wait behind it. For what
   * something must follow from; any other event is gone when nobody listens, as is usual with topic exchanges.
   */
  mustBeHeard?: boolean;
}

/** What `@DomainEvent` says of a class. */
export interface EventMetadata {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly mustBeHeard: boolean;
}

/** A class was used as a domain event that is not decorated with `@DomainEvent`. */
export class NotADomainEventError extends Error {
  override readonly name = 'NotADomainEventError';

  constructor(readonly eventClass: string) {
    super(`${eventClass} is not a domain event: expected a class decorated with @DomainEvent({ name: … })`);
  }
}

const METADATA = Symbol('budget-buddy:domain-event');
/** Routing keys are at most 255 bytes; `*`, `#` and `.` mean something to a topic exchange. */
const WIRE_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,126}$/;

/**
 * Makes a class a domain event: a fact, named in the past tense, that is published and consumed as flat snake_case
 * JSON. Its properties carry class-validator decorators; what has none is not part of the event.
 * @throws Error at load time for a name that cannot be a routing key.
 */
export function DomainEvent({ name, aliases = [], mustBeHeard = false }: DomainEventOptions): ClassDecorator {
  for (const candidate of [name, ...aliases]) {
    if (!WIRE_NAME.test(candidate)) {
      throw new Error(`@DomainEvent: "${candidate}" cannot be an event's name, expected ${WIRE_NAME}`);
    }
  }
  const metadata: EventMetadata = { name, aliases, mustBeHeard };
  return (target) => Reflect.defineMetadata(METADATA, metadata, target);
}

/** @throws NotADomainEventError */
export function eventMetadata(eventClass: { name: string }): EventMetadata {
  const metadata = Reflect.getOwnMetadata(METADATA, eventClass) as EventMetadata | undefined;
  if (!metadata) throw new NotADomainEventError(eventClass.name);
  return metadata;
}

/** Every name under which messages of this event arrive. @throws NotADomainEventError */
export function wireNames(eventClass: EventClass): string[] {
  const { name, aliases } = eventMetadata(eventClass);
  return [name, ...aliases];
}
