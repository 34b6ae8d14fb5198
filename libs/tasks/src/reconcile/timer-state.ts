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
}

/** Bull's score of a delayed job is its time in ms x 4096, plus a counter (bull/lib/commands/addJob-6.lua). */
const SCORE_PER_MS = 4096;

const COMMANDS_PER_TIMER = 4;

/** Reads what Redis has of these timers, all in one round trip. All tasks are of this queue. */
export async function readTimerStates(queue: Queue, tasks: readonly OpenTask[]): Promise<TimerState[]> {
  const pipeline = queue.client.pipeline();
  for (const task of tasks) {
    const id = timerId(task);
    pipeline.exists(queue.toKey(id));
    pipeline.zscore(queue.toKey('delayed'), id);
    pipeline.zscore(queue.toKey('completed'), id);
    pipeline.zscore(queue.toKey('failed'), id);
  }
  const replies = await pipeline.exec();
  if (!replies) throw new Error(`Redis did not answer for ${tasks.length} timers of ${queue.name}`);
  return tasks.map((_, index) => toState(replies.slice(index * COMMANDS_PER_TIMER, (index + 1) * COMMANDS_PER_TIMER)));
}

/** The score that waiting until an instant has, at the least. */
export function scoreOf(epochMs: number): number {
  return epochMs * SCORE_PER_MS;
}

function toState(replies: [Error | null, unknown][]): TimerState {
  const failed = replies.find(([error]) => error);
  if (failed?.[0]) throw failed[0];
  const [exists, delayed, completed, over] = replies.map(([, value]) => value);
  return {
    exists: exists === 1,
    ...(delayed !== null && { delayedUntilMs: Math.floor(Number(delayed) / SCORE_PER_MS) }),
    isOver: completed !== null || over !== null,
  };
}
