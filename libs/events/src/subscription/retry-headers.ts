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

/** All of the above begin so; a publisher's header that does is replaced. */
const OWN_PREFIX = 'x-event-';
/** What the broker adds on the way, and CC and BCC, which tell it to send copies to further queues. */
const OF_THE_BROKER = /^(CC|BCC|x-death|x-(first|last)-death-.*|x-delivery-count|x-acquired-count)$/;

/** Whether a header was added by this service. */
export function isOwnHeader(name: string): boolean {
  return name.startsWith(OWN_PREFIX);
}

/** Whether a header means something to the broker. */
export function isBrokerHeader(name: string): boolean {
  return OF_THE_BROKER.test(name);
}
