import { isBrokerHeader } from './retry-headers';

/*
 * Which of a message's headers a copy of it can carry. Some mean something to the broker itself: CC and BCC would
 * send the copy to further queues (the service's own among them, for ever), a forged x-death has it taken for a
 * message that goes in circles, and dropped. Others amqplib can read but not write.
 */

/** amqplib writes all headers into 64 KiB and cuts off in silence what does not fit. JSON is at least 2/5 of it. */
const MOST_PORTABLE_BYTES = 16 * 1_024;
const MOST_TOLD_BYTES = 8 * 1_024;
const MOST_DEPTH = 8;
/** Of names and of short texts. What was no UTF-8 has grown to up to three times its bytes when it was read. */
const MOST_SHORT_BYTES = 255;
/** From here on amqplib writes every number as a 64-bit integer. */
const TAKEN_FOR_WHOLE = 2 ** 50;

/** The headers a copy carries as they are, and, as JSON and shortened, those it can only tell of. */
export interface SplitHeaders {
  portable: Record<string, unknown>;
  told: Record<string, string>;
}

/** Splits headers in their order, as long as there is room. */
export function splitHeaders(headers: Record<string, unknown>): SplitHeaders {
  const result: SplitHeaders = { portable: {}, told: {} };
  let portableRoom = MOST_PORTABLE_BYTES;
  let toldRoom = MOST_TOLD_BYTES;
  for (const [name, value] of Object.entries(headers)) {
    const json = JSON.stringify(value) ?? 'null';
    const bytes = Buffer.byteLength(name) + Buffer.byteLength(json);
    if (bytes <= portableRoom && !isBrokerHeader(name) && isShort(name) && isWritable(value, 1)) {
      portableRoom -= bytes;
      result.portable[name] = value;
    } else if (toldRoom > 0) {
      const [key, text] = [name.slice(0, MOST_SHORT_BYTES), json.slice(0, toldRoom / 4)];
      toldRoom -= Buffer.byteLength(key) + Buffer.byteLength(text);
      result.told[key] = text;
    }
  }
  return result;
}

/** Whether amqplib writes this value as it read it. It asks objects for `!` and `hasOwnProperty`. */
function isWritable(value: unknown, depth: number): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isSafeInteger(value) || Math.abs(value) < TAKEN_FOR_WHOLE;
  if (typeof value !== 'object' || depth > MOST_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item) => isWritable(item, depth + 1));
  if (Buffer.isBuffer(value) || isTimestamp(value)) return true;
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.entries(value).every(([key, item]) => isKey(key) && isWritable(item, depth + 1))
  );
}

function isKey(name: string): boolean {
  return isShort(name) && !/^(!|hasOwnProperty)$/.test(name);
}

/** Whether amqplib writes it as a name, or as a property such as the message id. */
export function isShort(text: string): boolean {
  return Buffer.byteLength(text) <= MOST_SHORT_BYTES;
}

function isTimestamp(value: object): boolean {
  const { '!': type, value: seconds } = value as { '!'?: unknown; value?: unknown };
  return type === 'timestamp' && Number.isSafeInteger(seconds) && Number(seconds) >= 0;
}
