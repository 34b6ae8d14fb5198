import { bulkCommand } from '@budget-buddy/platform';
import type { Queue } from 'bull';
import type { OpenTask } from '../ledger/open-task';
import { timerId } from '../timers/timer-reference';

/** What Redis has of one timer. */
export interface TimerState {
  /** Its job's hash is there. */
  readonly exists: boolean;
  /** It waits until then, in ms since 1970; undefined when it does not wait (it is ready, running, or over). */
  readonly delayedUntilMs?: number;
  /** Its job is completed or failed: it will not fire again. */
  readonly isOver: boolean;
  /** Its job waits its turn or runs, or there are too many of those to tell. */
  readonly isTaken: boolean;
}

/** Bull's score of a delayed job is its time in ms x 4096, plus a counter (bull/lib/commands/addJob-6.lua). */
const SCORE_PER_MS = 4096;

/** Bull's sorted sets of jobs: in which of them a timer is says what becomes of it. */
const SORTED = ['delayed', 'completed', 'failed'];

/** Of each timer in a sorted set; null where it is not in it. */
type Scores = readonly (string | null)[];

/** Bull's lists of the jobs whose time has come. */
const TAKEN = ['wait', 'paused', 'active'];

/** So many of a list are looked at. A longer one is a backlog: what is lost is found when it has been worked off. */
const MOST_LISTED = 1000;

/**
 * Reads what Redis has of these timers. All tasks are of this queue. Nearly all timers wait, and have their jobs: that is
 * told by two commands, and only the others are looked at once more.
 */
export async function readTimerStates(queue: Queue, tasks: readonly OpenTask[]): Promise<TimerState[]> {
  const ids = tasks.map(timerId);
  const [jobs, scores] = (await Promise.all([
    bulkCommand(
      queue.client,
      'exists',
      ids.map((id) => queue.toKey(id)),
    ),
    bulkCommand(queue.client, 'zmscore', [queue.toKey('delayed'), ...ids]),
  ])) as [number, (string | null)[]];
  const states = scores.map((score) => (score === null ? undefined : waiting(score)));
  const doubtful = ids.filter((_, index) => jobs !== ids.length || !states[index]);
  const looked = doubtful.length === 0 ? new Map<string, TimerState>() : await lookAt(queue, doubtful);
  return ids.map((id, index) => looked.get(id) ?? states[index]!);
}

/**
 * All at one instant: a job is always in one of the places, but moves. In a storm there are thousands whose time has come, so
 * one command asks for all of them; for each by itself only where the job of one is gone.
 */
async function lookAt(queue: Queue, ids: readonly string[], oneByOne = false): Promise<Map<string, TimerState>> {
  const jobs = ids.map((id) => queue.toKey(id));
  const transaction = queue.client.multi();
  for (const list of TAKEN) transaction.lrange(queue.toKey(list), 0, MOST_LISTED);
  for (const set of SORTED) transaction.zmscore(queue.toKey(set), ...ids);
  for (const some of oneByOne ? jobs.map((job) => [job]) : [jobs]) transaction.exists(...some);
  const replies = await transaction.exec();
  if (!replies) throw new Error(`Redis did not answer for ${ids.length} timers of ${queue.name}`);
  const values = replies.map(valueOf);
  const taken = values.splice(0, TAKEN.length) as string[][];
  const [delayed, completed, failed] = values.splice(0, SORTED.length) as [Scores, Scores, Scores];
  if (!oneByOne && values[0] !== ids.length) return lookAt(queue, ids, true);
  const isBacklog = taken.some(({ length }) => length > MOST_LISTED);
  const takenIds = new Set(taken.flat());
  const states = ids.map((id, index): [string, TimerState] => [
    id,
    {
      exists: !oneByOne || values[index] === 1,
      delayedUntilMs: delayedUntil(delayed[index]!),
      isOver: completed[index] !== null || failed[index] !== null,
      isTaken: isBacklog || takenIds.has(id),
    },
  ]);
  return new Map(states);
}

/** The score that waiting until an instant has, at the least. */
export function scoreOf(epochMs: number): number {
  return epochMs * SCORE_PER_MS;
}

function waiting(score: string): TimerState {
  return { exists: true, delayedUntilMs: delayedUntil(score), isOver: false, isTaken: false };
}

function delayedUntil(score: string | null): number | undefined {
  return score === null ? undefined : Math.floor(Number(score) / SCORE_PER_MS);
}

function valueOf([error, value]: [Error | null, unknown]): unknown {
  if (error) throw error;
  return value;
}
