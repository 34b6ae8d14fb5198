export { decodeEvent } from './event/decode-event';
export { DomainEvent, type DomainEventOptions, type EventClass, NotADomainEventError } from './event/domain-event';
export { encodeEvent, UnencodableEventError } from './event/encode-event';
export { type EventViolation, InvalidEventError } from './event/invalid-event-error';
export { PermanentEventError } from './event/permanent-event-error';
export type { EventContext } from './subscription/event-context';
export { OnDomainEvent } from './subscription/on-domain-event';
