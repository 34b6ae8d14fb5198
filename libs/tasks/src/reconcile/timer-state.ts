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

const COMMANDS_PER_TIMER = 4;

/** Bull's lists of the jobs whose time has come. */
const TAKEN = ['wait', 'paused', 'active'];

/** So many of a list are looked at. A longer one is a backlog: what is lost is found when it has been worked off. */
const MOST_LISTED = 1000;

/**
 * Reads what Redis has of these timers. All tasks are of this queue. Nearly all timers wait, and have their jobs: that is
 * told by two commands, and only the others are looked at one by one.
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

/** All at one instant: a job is always in one of the places, but moves. */
async function lookAt(queue: Queue, ids: readonly string[]): Promise<Map<string, TimerState>> {
  const transaction = queue.client.multi();
  for (const list of TAKEN) transaction.lrange(queue.toKey(list), 0, MOST_LISTED);
  for (const id of ids) {
    transaction.exists(queue.toKey(id));
    transaction.zscore(queue.toKey('delayed'), id);
    transaction.zscore(queue.toKey('completed'), id);
    transaction.zscore(queue.toKey('failed'), id);
  }
  const replies = await transaction.exec();
  if (!replies) throw new Error(`Redis did not answer for ${ids.length} timers of ${queue.name}`);
  const taken = replies.splice(0, TAKEN.length).map((reply) => valueOf(reply) as string[]);
  const isBacklog = taken.some(({ length }) => length > MOST_LISTED);
  const takenIds = new Set(taken.flat());
  const states = ids.map((id, index) => {
    const own = replies.slice(index * COMMANDS_PER_TIMER, (index + 1) * COMMANDS_PER_TIMER);
    return [id, toState(own.map(valueOf), isBacklog || takenIds.has(id))] as const;
  });
  return new Map(states);
}

/** The score that waiting until an instant has, at the least. */
export function scoreOf(epochMs: number): number {
  return epochMs * SCORE_PER_MS;
}

function waiting(score: string): TimerState {
  return { exists: true, delayedUntilMs: delayedUntil(score), isOver: false, isTaken: false };
}

function delayedUntil(score: unknown): number {
  return Math.floor(Number(score) / SCORE_PER_MS);
}

function toState([exists, delayed, completed, failed]: unknown[], isTaken: boolean): TimerState {
  return {
    exists: exists === 1,
    ...(delayed !== null && { delayedUntilMs: delayedUntil(delayed) }),
    isOver: completed !== null || failed !== null,
    isTaken,
  };
}

function valueOf([error, value]: [Error | null, unknown]): unknown {
  if (error) throw error;
  return value;
}
