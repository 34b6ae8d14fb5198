import type { Options } from 'amqplib';
import { isShort, splitHeaders } from '../subscription/portable-headers';
import { isOwnHeader, RETRY_HEADERS } from '../subscription/retry-headers';
import type { DeadLetter } from './dead-letter';

type Values = Readonly<Record<string, unknown>>;

/** What a copy tells of its past; why it was a dead letter is not sent again. */
const PAST: readonly string[] = [
  RETRY_HEADERS.firstReceivedAt,
  RETRY_HEADERS.exchange,
  RETRY_HEADERS.history,
  RETRY_HEADERS.original,
];
/** No copy of this service has more in any of them. All that is sent has to fit into 64 KiB. */
const MOST_PAST_BYTES = 20 * 1_024;

/** As it was published, with its past, but with all its tries. What the broker would misunderstand is left behind. */
export function replayOptions({ event, message }: DeadLetter): Options.Publish {
  const { headers = {}, ...properties } = message.properties as { headers?: Values };
  const { portable } = splitHeaders(only(headers, (name) => !isOwnHeader(name)));
  return {
    ...(only(properties, (_, value) => value !== undefined && !isTooLong(value)) as Options.Publish),
    expiration: undefined,
    userId: undefined,
    persistent: true,
    headers: {
      ...portable,
      ...only(headers, (name, value) => PAST.includes(name) && isText(value)),
      [RETRY_HEADERS.routingKey]: event,
      [RETRY_HEADERS.failures]: 0,
    },
  };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && Buffer.byteLength(value) <= MOST_PAST_BYTES;
}

function isTooLong(value: unknown): boolean {
  return typeof value === 'string' && !isShort(value);
}

function only(values: Values, holds: (name: string, value: unknown) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => holds(name, value)));
}
