import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { endComposeProject } from './docker-compose';
import { worksIn } from './process-table';
import type { Progress } from './progress';
import { left } from './run';
import { listRunFolders, type RunPlace, runPlaces } from './run-place';
import { isOfThisSystem, isOwnerAlive, readRecord, type RunRecord } from './run-record';

/** After this time what cannot be judged is taken for left over, in ms: longer than any run of tests. */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60 * 1000;
/** How long a run may need to write its record, in ms. */
const RECORDED_AFTER_MS = 60 * 1000;

/** Ends and removes what runs left behind whose process was killed before it could. */
export async function sweepStaleRuns(progress: Progress, places: RunPlace[] = runPlaces): Promise<void> {
  for (const folder of places.flatMap(listRunFolders)) {
    const record = readRecord(folder);
    if (!isStale(folder, record)) continue;
    progress(`removing what an earlier run left in ${folder}`);
    if (record) await endProcesses(folder, record);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function isStale(folder: string, record: RunRecord | undefined): boolean {
  if (record && isOfThisSystem(record)) return !isOwnerAlive(record);
  const ageMs = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  return ageMs > (record ? FORGOTTEN_AFTER_MS : RECORDED_AFTER_MS);
}

async function endProcesses(folder: string, record: RunRecord): Promise<void> {
  if (record.composeProject !== undefined) await endComposeProject(record.composeProject);
  signalProcesses(folder, record);
  await left(folder);
  signalProcesses(folder, record, 'SIGKILL');
}

/** A pid is used again one day: only a process that works in the run's folder is the one that was recorded. */
function signalProcesses(folder: string, { processes }: RunRecord, signal?: NodeJS.Signals): void {
  for (const { pid, endSignal } of processes) {
    if (worksIn(pid, folder)) process.kill(pid, signal ?? endSignal);
  }
}
