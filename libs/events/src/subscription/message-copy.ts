import { errorLine } from '@budget-buddy/platform';
import type { Options } from 'amqplib';
import type { Temporal } from 'temporal-polyfill';
import type { Delivery, PastFailure } from './delivery';
import type { DeadLetterReason } from './failure-policy';
import { isOwnHeader, RETRY_HEADERS } from './retry-headers';
import { isShort, splitHeaders } from './portable-headers';

const HISTORY_LENGTH = 20;
/** All headers together have to fit into 64 KiB. */
const MOST_HISTORY_BYTES = 16 * 1_024;

/** A copy of a message as it was, the failures of its handler counted and told. The body is not touched. */
export interface MessageCopy {
  body: Buffer;
  options: Options.Publish;
}

/** The copy that waits to be tried again. @param failure none when the try does not count. */
export function retryCopy(delivery: Delivery, failure?: { error: unknown; at: Temporal.Instant }): MessageCopy {
  return copy(failure ? withFailure(delivery, failure.error, failure.at) : delivery, {});
}

/** The copy that is kept for somebody to look at. */
export function deadLetterCopy(
  delivery: Delivery,
  reason: DeadLetterReason,
  error: unknown,
  at: Temporal.Instant,
): MessageCopy {
  return copy(withFailure(delivery, error, at), {
    [RETRY_HEADERS.reason]: reason,
    [RETRY_HEADERS.error]: errorLine(error),
    [RETRY_HEADERS.deadLetteredAt]: at.toString(),
  });
}

function withFailure(delivery: Delivery, error: unknown, at: Temporal.Instant): Delivery {
  const failures = delivery.failures + 1;
  const failure: PastFailure = { at: at.toString(), attempt: failures, error: errorLine(error) };
  return { ...delivery, failures, history: [...delivery.history, failure].slice(-HISTORY_LENGTH) };
}

type Properties = Partial<Record<string, unknown>> & { headers?: Record<string, unknown>; timestamp?: number };

/**
 * Not copied: the publisher's lifetime (`expiration` would cut the wait short), its user (the broker compares it with
 * who publishes, and closes the channel), and what is too long to be written. They are told in a header instead.
 */
function copy(delivery: Delivery, extra: Record<string, string>): MessageCopy {
  const { headers, expiration, userId, timestamp, ...others } = delivery.message.properties as unknown as Properties;
  const [short, long] = partition(withoutUndefined(others), (value) => typeof value !== 'string' || isShort(value));
  const { portable, told } = splitHeaders(withoutOwn(headers ?? {}));
  const original = delivery.original ?? withoutUndefined({ expiration, userId, ...long, ...told });
  return {
    body: delivery.message.content,
    options: {
      ...(short as Options.Publish),
      ...(Number.isSafeInteger(timestamp) ? { timestamp } : {}),
      persistent: true,
      headers: {
        ...portable,
        [RETRY_HEADERS.failures]: delivery.failures,
        [RETRY_HEADERS.firstReceivedAt]: delivery.firstReceivedAt.toString(),
        [RETRY_HEADERS.exchange]: delivery.exchange,
        [RETRY_HEADERS.routingKey]: delivery.routingKey,
        [RETRY_HEADERS.history]: historyAsJson(delivery.history),
        [RETRY_HEADERS.original]: JSON.stringify(original),
        ...extra,
      },
    },
  };
}

/** The latest failures, as many as there is room for. */
function historyAsJson(history: readonly PastFailure[]): string {
  const json = JSON.stringify(history);
  return Buffer.byteLength(json) <= MOST_HISTORY_BYTES ? json : historyAsJson(history.slice(1));
}

function withoutOwn(headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isOwnHeader(name)));
}

function withoutUndefined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

type Values = Record<string, unknown>;

function partition(values: Values, holds: (value: unknown) => boolean): [those: Values, others: Values] {
  const entries = Object.entries(values);
  return [
    Object.fromEntries(entries.filter(([, value]) => holds(value))),
    Object.fromEntries(entries.filter(([, value]) => !holds(value))),
  ];
}
