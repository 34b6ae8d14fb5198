import { parseArgs } from 'node:util';
import { serverKinds } from '../servers';
import { UsageError } from '../usage-error';
import { type Outage, type OutageKind, outageKinds } from './outage';

/** What `npm run outages` was asked to do. */
export interface OutagesOptions {
  /** One after the other. */
  readonly outages: readonly Outage[];
  readonly seed: string;
  /** Keep the logs also of a run that found nothing. */
  readonly keepLogs: boolean;
}

export const USAGE = `npm run outages -- [SERVER/KIND/SECONDS …] [--servers ${serverKinds.join(',')}] [--kinds ${outageKinds.join(',')}] [--seconds 1,60] [--seed TEXT] [--keep-logs]`;

/**
 * The outages that are named one by one, or else every kind of every server, for every length.
 * @throws UsageError
 */
export function readOptions(words: readonly string[]): OutagesOptions {
  const { values, positionals } = parse(words);
  const outages = positionals.length > 0 ? positionals.map(named) : every(values);
  return { outages, seed: values.seed, keepLogs: values['keep-logs'] };
}

function named(word: string): Outage {
  const [server = '', kind = '', seconds = ''] = word.split('/');
  return {
    server: one(word, server, serverKinds),
    kind: one<OutageKind>(word, kind, outageKinds),
    forMs: milliseconds(word, seconds),
  };
}

function every(values: { servers: string; kinds: string; seconds: string }): Outage[] {
  const servers = values.servers.split(',').map((word) => one('--servers', word, serverKinds));
  const kinds = values.kinds.split(',').map((word) => one<OutageKind>('--kinds', word, outageKinds));
  const lengths = values.seconds.split(',').map((word) => milliseconds('--seconds', word));
  return lengths.flatMap((forMs) => servers.flatMap((server) => kinds.map((kind) => ({ server, kind, forMs }))));
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        servers: { type: 'string', default: serverKinds.join(',') },
        kinds: { type: 'string', default: outageKinds.join(',') },
        seconds: { type: 'string', default: '1,60' },
        seed: { type: 'string', default: '1' },
        'keep-logs': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function one<Name extends string>(where: string, word: string, names: readonly Name[]): Name {
  const name = names.find((each) => each === word);
  if (name) return name;
  throw new UsageError(`${where} has "${word}", expected one of ${names.join(', ')}`);
}

function milliseconds(where: string, text: string): number {
  const seconds = Number(text);
  if (seconds >= 0.1 && seconds <= 3_600) return seconds * 1_000;
  throw new UsageError(`${where} has "${text}", expected seconds from 0.1 to 3600`);
}
