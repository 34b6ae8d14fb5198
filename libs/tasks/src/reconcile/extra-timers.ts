import { Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import { TaskLedger } from '../ledger/task-ledger';
import { removeTimer } from '../timers/remove-timer';
import { isTimerId, timerId } from '../timers/timer-reference';
import { scoreOf } from './timer-state';

/** Timers that are looked at together. */
const PAGE = 1000;

/** Finds timers that wait for nothing: their task was settled or moved, or there is none. They would do no harm. */
@Injectable()
export class ExtraTimers {
  constructor(private readonly ledger: TaskLedger) {}

  /**
   * Removes the extra ones among the waiting timers of a queue.
   * @param untilMs those that fire until then, in ms since 1970; all without it.
   * @returns how many were removed.
   */
  async removeFrom(queue: Queue, untilMs?: number): Promise<number> {
    const most = untilMs === undefined ? '+inf' : String(scoreOf(untilMs));
    let removed = 0;
    let after = '-inf';
    for (;;) {
      const page = await pageOf(queue, after, most);
      const extra = await this.extraAmong(page.map(({ id }) => id).filter(isTimerId));
      await Promise.all(extra.map((id) => removeTimer(queue, id)));
      removed += extra.length;
      if (page.length < PAGE) return removed;
      after = `(${page.at(-1)!.score}`;
    }
  }

  private async extraAmong(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const open = await this.ledger.openAmong(ids.map((id) => id.slice(0, id.lastIndexOf('-'))));
    const wanted = new Set(open.map(timerId));
    return ids.filter((id) => !wanted.has(id));
  }
}

async function pageOf(queue: Queue, after: string, most: string): Promise<{ id: string; score: string }[]> {
  const reply = await queue.client.zrangebyscore(queue.toKey('delayed'), after, most, 'WITHSCORES', 'LIMIT', 0, PAGE);
  return Array.from({ length: reply.length / 2 }, (_, index) => ({
    id: reply[2 * index]!,
    score: reply[2 * index + 1]!,
  }));
}
