import { readFileSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { isAlive, startTimeOf } from './process-table';

/** What a run writes down about itself, so that a later one can tidy up after it. */
export interface RunRecord {
  owner: {
    pid: number;
    startTime?: string;
    /** Where the pid means something: a container that shares the folder has pids of its own. */
    system: string;
  };
  processes: { pid: number; endSignal: NodeJS.Signals }[];
  /** The Docker Compose project it started. */
  composeProject?: string;
}

const FILE = 'run.json';

/** The record of a run that this process starts now. */
export function newRecord(): RunRecord {
  return { owner: { pid: process.pid, startTime: startTimeOf(process.pid), system: thisSystem() }, processes: [] };
}

export function writeRecord(folder: string, record: RunRecord): void {
  const file = join(folder, FILE);
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}

/** The record of the run in this folder; undefined when it has none (yet). */
export function readRecord(folder: string): RunRecord | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, FILE), 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
}

/** Whether the owner is of this system, where alone its pid can be looked up. */
export function isOfThisSystem({ owner }: RunRecord): boolean {
  return owner.system === thisSystem();
}

/** Whether the process that started the run still runs, and is not another one with its pid. */
export function isOwnerAlive({ owner }: RunRecord): boolean {
  return isAlive(owner.pid) && startTimeOf(owner.pid) === owner.startTime;
}

function thisSystem(): string {
  try {
    return `${hostname()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
