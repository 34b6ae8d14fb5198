/**
 * Headers this service adds to the copies it makes of a message, to retry or to dead-letter it. The publisher's own
 * headers stay beside them.
 */
export const RETRY_HEADERS = {
  /** How often its handler has failed. */
  failures: 'x-event-failures',
  /** When this service first received it, ISO 8601. */
  firstReceivedAt: 'x-event-first-received-at',
  /** Where and under which routing key it was published. */
  exchange: 'x-event-exchange',
  routingKey: 'x-event-routing-key',
  /** The last failures, oldest first, as JSON: `[{ at, attempt, error }]`. */
  history: 'x-event-history',
  /** Properties and headers of the original that a copy cannot carry without being misrouted or refused, as JSON. */
  original: 'x-event-original',
  /** Dead letters only: why it is one (see DeadLetterReason), in words, and since when. */
  reason: 'x-event-dead-letter-reason',
  error: 'x-event-dead-letter-error',
  deadLetteredAt: 'x-event-dead-lettered-at',
} as const;

/** All of them begin so; a publisher's header that does is replaced. */
export const RETRY_HEADER_PREFIX = 'x-event-';
