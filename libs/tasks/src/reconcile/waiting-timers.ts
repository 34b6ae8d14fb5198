import type { Queue } from 'bull';
import { scoreOf } from './timer-state';

/** Timers that are looked at together. */
const PAGE = 1000;

/** Some of the timers that wait, in the order of their times. */
export interface WaitingTimersPage {
  readonly ids: readonly string[];
  /** How many of them whoever walks along has removed, so that the walk goes on at the right place. */
  removed: number;
}

/**
 * Walks along the waiting timers of a queue.
 * @param limits in ms since 1970: those that fire until `untilMs`, after `afterMs`.
 */
export async function* waitingTimers(
  queue: Queue,
  { afterMs, untilMs }: { afterMs?: number; untilMs?: number },
): AsyncGenerator<WaitingTimersPage> {
  const most = untilMs === undefined ? '+inf' : String(scoreOf(untilMs + 1) - 1);
  let from = afterMs === undefined ? '-inf' : String(scoreOf(afterMs + 1));
  // Timers of one ms share 4096 scores, so that a page may end among equal ones: those of them that stay are skipped.
  let skipped = 0;
  for (;;) {
    const timers = await read(queue, from, most, skipped);
    const page: WaitingTimersPage = { ids: timers.map(({ id }) => id), removed: 0 };
    yield page;
    if (timers.length < PAGE) return;
    const { score } = timers.at(-1)!;
    const equal = timers.filter((timer) => timer.score === score).length;
    skipped = Math.max(0, equal - page.removed + (score === from ? skipped : 0));
    from = score;
  }
}

async function read(queue: Queue, from: string, most: string, skip: number): Promise<{ id: string; score: string }[]> {
  const reply = await queue.client.zrangebyscore(queue.toKey('delayed'), from, most, 'WITHSCORES', 'LIMIT', skip, PAGE);
  return Array.from({ length: reply.length / 2 }, (_, index) => ({
    id: reply[2 * index]!,
    score: reply[2 * index + 1]!,
  }));
}
