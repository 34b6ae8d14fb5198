import { UsageError } from '../usage-error';

/** What `npm run publish` was asked to do. */
export interface PublishArguments {
  /** The event's name, which is the routing key. Any name will do: what is unknown here may be known to others. */
  event: string;
  /** Fields given one by one, under their names on the wire. */
  fields: Record<string, unknown>;
  /** Where the body is: a path, or `-` for standard input. */
  file?: string;
  count: number;
  url?: string;
  exchange?: string;
  messageId?: string;
}

type Reader = (result: PublishArguments, value: string) => void;

const OPTIONS: Record<string, Reader> = {
  file: (result, value) => (result.file = value),
  count: (result, value) => (result.count = readCount(value)),
  url: (result, value) => (result.url = value),
  exchange: (result, value) => (result.exchange = value),
  'message-id': (result, value) => (result.messageId = value),
  set: (result, value) => {
    const [, name, text] = /^([^=]+)=(.*)$/s.exec(value) ?? [];
    if (name === undefined || text === undefined) throw new UsageError(`--set ${value}: expected --set name=value`);
    result.fields[name] = readValue(text);
  },
};

/**
 * Reads the words of the call. `--some-field value` (or `--some-field=value`) is the field `some_field`, unless it is
 * one of the options.
 * @throws UsageError
 */
export function readArguments(words: readonly string[]): PublishArguments {
  const result: PublishArguments = { event: '', fields: {}, count: 1 };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [, name, inline] = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (name === undefined) {
      if (result.event || word.startsWith('-')) throw new UsageError(`"${word}" is not expected here`);
      result.event = word;
      continue;
    }
    const value = inline ?? rest.shift();
    if (value === undefined) throw new UsageError(`--${name} needs a value`);
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (option) option(result, value);
    else result.fields[name.replaceAll('-', '_')] = readValue(value);
  }
  if (!result.event) throw new UsageError("the event's name is missing");
  return result;
}

/** Numbers, true, false, null, and JSON are what they look like; `'"5"'` is a text. All else is a text as it is. */
export function readValue(text: string): unknown {
  if (/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text)) return Number(text);
  if (/^(true|false|null)$/.test(text)) return JSON.parse(text) as unknown;
  if (!/^["[{]/.test(text)) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`${text}: looks like JSON, but is not`);
  }
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new UsageError(`--count ${text}: expected a whole number from 1`);
  return Number(text);
}
