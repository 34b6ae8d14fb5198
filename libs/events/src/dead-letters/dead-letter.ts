import { createHash } from 'node:crypto';
import type { GetMessage } from 'amqplib';
import { Temporal } from 'temporal-polyfill';
import { RETRY_HEADERS } from '../subscription/retry-headers';

/** A message that could not be handled, as it is kept. */
export interface DeadLetter {
  /** Follows from the message: the same at each look. */
  readonly id: string;
  /** The event's name, as it was published. */
  readonly event: string;
  /** See DeadLetterReason; `delivery-limit` for one that the broker put there. */
  readonly reason: string;
  readonly error: string;
  /** Undefined for one that the broker put there without a time. */
  readonly deadLetteredAt?: Temporal.Instant;
  /** The failed tries, oldest first, as JSON. */
  readonly history: string;
  readonly message: GetMessage;
}

type Headers = Readonly<Record<string, unknown>>;

/** Reads a message of the dead-letter queue, whoever put it there. */
export function readDeadLetter(message: GetMessage): DeadLetter {
  const headers: Headers = message.properties.headers ?? {};
  const broker = brokersDeath(headers);
  return {
    id: idOf(headers, message.content),
    event: text(headers[RETRY_HEADERS.routingKey]) ?? broker.routingKey ?? message.fields.routingKey,
    reason: text(headers[RETRY_HEADERS.reason]) ?? broker.reason ?? 'unknown',
    error: text(headers[RETRY_HEADERS.error]) ?? 'the process ended each time it was handled',
    deadLetteredAt: instant(headers[RETRY_HEADERS.deadLetteredAt]) ?? broker.at,
    history: text(headers[RETRY_HEADERS.history]) ?? '[]',
    message,
  };
}

/** The broker counts how often a message was delivered: each look is one. */
function idOf(headers: Headers, body: Buffer): string {
  const lasting = Object.entries(headers).filter(([name]) => !/^x-(delivery|acquired)-count$/.test(name));
  return createHash('sha256').update(JSON.stringify(lasting)).update(body).digest('hex').slice(0, 12);
}

/** `x-death`, the broker's own account of it: https://www.rabbitmq.com/docs/dlx#effects */
function brokersDeath(headers: Headers): { reason?: string; routingKey?: string; at?: Temporal.Instant } {
  const [death] = Array.isArray(headers['x-death']) ? (headers['x-death'] as (Headers | undefined)[]) : [];
  const keys = death?.['routing-keys'];
  const time = death?.time as { value?: unknown } | undefined;
  return {
    reason: text(death?.reason)?.replaceAll('_', '-'),
    routingKey: Array.isArray(keys) ? text(keys[0]) : undefined,
    at: typeof time?.value === 'number' ? Temporal.Instant.fromEpochMilliseconds(time.value * 1000) : undefined,
  };
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
