import type { GetMessage } from 'amqplib';
import { Temporal } from 'temporal-polyfill';
import { UNTOLD_REASON } from './dead-letter-reasons';

/** What the broker tells of a message that it put among the dead letters itself. */
export interface BrokersDeath {
  /** The routing key, unless it came through the default exchange, where that is the name of the queue. */
  readonly publishedAs?: string;
  readonly account: { readonly reason: string; readonly error: string; readonly deadLetteredAt?: Temporal.Instant };
}

/**
 * Reads `x-death`: https://www.rabbitmq.com/docs/dlx#effects. The last thing that happened comes first.
 * @returns undefined when there is none.
 */
export function brokersDeath({ properties, content }: GetMessage): BrokersDeath | undefined {
  const deaths: unknown = properties.headers?.['x-death'];
  const death: unknown = Array.isArray(deaths) ? deaths[0] : undefined;
  if (typeof death !== 'object' || death === null) return undefined;
  const { reason, exchange, time, 'routing-keys': keys } = death as Readonly<Record<string, unknown>>;
  const key: unknown = Array.isArray(keys) ? keys[0] : undefined;
  return {
    publishedAs: exchange !== '' && typeof key === 'string' ? key : undefined,
    account: { ...accountOf(reason, content.length), deadLetteredAt: instantOf(time) },
  };
}

/** This service rejects nothing but what is too large to be copied with a reason, and what has unreadable headers. */
function accountOf(told: unknown, bytes: number): { reason: string; error: string } {
  if (told === 'rejected') return { reason: 'oversized', error: `the body has ${bytes} bytes, too many to be read` };
  const reason = typeof told === 'string' ? told.replaceAll('_', '-') : UNTOLD_REASON;
  if (reason === 'delivery-limit') return { reason, error: 'the process ended each time it was handled' };
  return { reason, error: 'the broker put it here without its being handled' };
}

/** amqplib's form of a time, in seconds; a forged one may be beyond all calendars. */
function instantOf(time: unknown): Temporal.Instant | undefined {
  const seconds = typeof time === 'object' && time !== null ? (time as { value?: unknown }).value : undefined;
  try {
    return typeof seconds === 'number' ? Temporal.Instant.fromEpochMilliseconds(seconds * 1000) : undefined;
  } catch {
    return undefined;
  }
}
