import { createHash } from 'node:crypto';
import type { GetMessage } from 'amqplib';
import { Temporal } from 'temporal-polyfill';
import { hasUnreadableHeaders } from '../broker/unreadable-headers';
import { UnreadableHeadersError } from '../event/unreadable-headers-error';
import { RETRY_HEADERS } from '../subscription/retry-headers';
import { brokersDeath } from './brokers-death';
import { UNTOLD_REASON } from './dead-letter-reasons';

/** A message that could not be handled, as it is kept. */
export interface DeadLetter {
  /** Follows from the message: the same at each look. */
  readonly id: string;
  /** The event's name, as it was published. */
  readonly event: string;
  /** See {@link DEAD_LETTER_REASONS}. */
  readonly reason: string;
  readonly error: string;
  /** Undefined for one that says no time, or none that there is. */
  readonly deadLetteredAt?: Temporal.Instant;
  /** The failed tries, oldest first, as they are told. */
  readonly history: readonly unknown[];
  /** False: it came without its headers, and without them it would not be what was published. */
  readonly isReplayable: boolean;
  readonly message: GetMessage;
}

type Headers = Readonly<Record<string, unknown>>;

/** Reads a message of the dead-letter queue, whoever put it there. */
export function readDeadLetter(message: GetMessage): DeadLetter {
  if (hasUnreadableHeaders(message)) return withoutHeaders(message);
  const headers: Headers = message.properties.headers ?? {};
  const death = brokersDeath(message);
  // The copies this service makes carry no account of the broker's: beside one, its own headers are the publisher's.
  return {
    id: idOf(headers, message.content),
    event: death?.publishedAs ?? text(headers[RETRY_HEADERS.routingKey]) ?? message.fields.routingKey,
    ...(death?.account ?? ownAccount(headers)),
    history: history(headers[RETRY_HEADERS.history]),
    isReplayable: true,
    message,
  };
}

/** Also what the broker tells of it is among its headers. */
function withoutHeaders(message: GetMessage): DeadLetter {
  const { message: error } = new UnreadableHeadersError();
  return {
    id: idOf({}, message.content),
    event: 'unknown',
    reason: 'unreadable-headers',
    error,
    history: [],
    isReplayable: false,
    message,
  };
}

function ownAccount(headers: Headers): Pick<DeadLetter, 'reason' | 'error' | 'deadLetteredAt'> {
  return {
    reason: text(headers[RETRY_HEADERS.reason]) ?? UNTOLD_REASON,
    error: text(headers[RETRY_HEADERS.error]) ?? 'not told: somebody put it here by hand',
    deadLetteredAt: instant(headers[RETRY_HEADERS.deadLetteredAt]),
  };
}

/** The broker counts how often a message was delivered: each look is one. */
function idOf(headers: Headers, body: Buffer): string {
  const lasting = Object.entries(headers).filter(([name]) => !/^x-(delivery|acquired)-count$/.test(name));
  return createHash('sha256').update(JSON.stringify(lasting)).update(body).digest('hex').slice(0, 12);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function instant(value: unknown): Temporal.Instant | undefined {
  try {
    return typeof value === 'string' ? Temporal.Instant.from(value) : undefined;
  } catch {
    return undefined;
  }
}

function history(value: unknown): unknown[] {
  try {
    const told: unknown = typeof value === 'string' ? JSON.parse(value) : undefined;
    return Array.isArray(told) ? told : [];
  } catch {
    return [];
  }
}
