import type { ConsumeMessage } from 'amqplib';
import { Temporal } from 'temporal-polyfill';
import type { EventContext } from './event-context';
import { isBrokerHeader, isOwnHeader, RETRY_HEADERS } from './retry-headers';

/** One failure of a message's handler, as the copy's headers tell it. */
export interface PastFailure {
  at: string;
  attempt: number;
  error: string;
}

/** A message, and what its headers tell of earlier tries. */
export interface Delivery {
  readonly message: ConsumeMessage;
  /** Where and how it was published at first. */
  readonly exchange: string;
  readonly routingKey: string;
  readonly failures: number;
  readonly firstReceivedAt: Temporal.Instant;
  readonly history: readonly PastFailure[];
  /** Properties and headers that were left behind when it was first copied; undefined for what is no copy. */
  readonly original?: Readonly<Record<string, unknown>>;
}

/** No honest copy has more; a forged one shall not make an endless history. */
const MOST_FAILURES = 1_000;
/** Nor is it longer, written as JSON; nor has a name of the broker more bytes. */
const MOST_JSON_BYTES = 20 * 1_024;
const MOST_NAME_BYTES = 255;

/**
 * Reads a message's past. Only what came through the default exchange (from a retry queue, or replayed) can be a
 * copy made by this service; the headers of what a publisher sent are not believed.
 */
export function readDelivery(message: ConsumeMessage, now: Temporal.Instant): Delivery {
  const { exchange, routingKey } = message.fields;
  const headers: Record<string, unknown> = exchange === '' ? (message.properties.headers ?? {}) : {};
  return {
    message,
    exchange: textOf(headers[RETRY_HEADERS.exchange]) ?? exchange,
    routingKey: textOf(headers[RETRY_HEADERS.routingKey]) ?? routingKey,
    failures: countOf(headers[RETRY_HEADERS.failures]),
    firstReceivedAt: instantOf(headers[RETRY_HEADERS.firstReceivedAt]) ?? now,
    history: historyOf(headers[RETRY_HEADERS.history]),
    original: originalOf(headers[RETRY_HEADERS.original]),
  };
}

/** What the handler is told of it. */
export function contextOf({ message, routingKey, failures, firstReceivedAt }: Delivery): EventContext {
  const { messageId, headers = {} } = message.properties as { messageId?: string; headers?: Record<string, unknown> };
  const published = Object.entries(headers).filter(([name]) => !isOwnHeader(name) && !isBrokerHeader(name));
  return {
    messageId,
    routingKey,
    attempt: failures + 1,
    redelivered: message.fields.redelivered,
    headers: Object.fromEntries(published),
    receivedAt: firstReceivedAt,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && Buffer.byteLength(value) <= MOST_NAME_BYTES ? value : undefined;
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST_FAILURES ? value : 0;
}

function instantOf(value: unknown): Temporal.Instant | undefined {
  try {
    return typeof value === 'string' ? Temporal.Instant.from(value) : undefined;
  } catch {
    return undefined;
  }
}

function historyOf(value: unknown): PastFailure[] {
  const history = jsonOf(value);
  return Array.isArray(history) ? history.filter(isPastFailure) : [];
}

function isPastFailure(value: unknown): value is PastFailure {
  const { at, attempt, error } = (value ?? {}) as Partial<PastFailure>;
  return typeof at === 'string' && typeof attempt === 'number' && typeof error === 'string';
}

function originalOf(value: unknown): Record<string, unknown> | undefined {
  const original = jsonOf(value);
  return typeof original === 'object' && original !== null && !Array.isArray(original)
    ? (original as Record<string, unknown>)
    : undefined;
}

function jsonOf(value: unknown): unknown {
  try {
    return typeof value === 'string' && Buffer.byteLength(value) <= MOST_JSON_BYTES ? JSON.parse(value) : undefined;
  } catch {
    return undefined;
  }
}
