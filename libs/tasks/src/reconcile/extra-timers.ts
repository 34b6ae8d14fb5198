import { Injectable } from '@nestjs/common';
import type { Queue } from 'bull';
import { OpenTasks } from '../ledger/open-tasks';
import { removeTimer } from '../timers/remove-timer';
import { isTimerId, keyOfTimer, timerId } from '../timers/timer-reference';
import type { Pace } from './pace';
import { waitingTimers } from './waiting-timers';

/** Timers that are removed at the same time. */
const AT_A_TIME = 100;

/** Finds timers that ought not to be there. They would do no harm but take memory. */
@Injectable()
export class ExtraTimers {
  constructor(private readonly tasks: OpenTasks) {}

  /**
   * Removes those timers of a queue that wait for nothing: their task was settled or moved, or there is none.
   * @param untilMs those that fire until then, in ms since 1970; all without it.
   * @returns how many were removed.
   */
  async removeUnwanted(queue: Queue, untilMs: number | undefined, pace: Pace): Promise<number> {
    let removed = 0;
    for await (const page of waitingTimers(queue, { untilMs })) {
      await pace.step();
      const unwanted = await this.unwantedAmong(page.ids.filter(isTimerId));
      page.removed = await removeAll(queue, unwanted, pace);
      removed += page.removed;
    }
    return removed;
  }

  /** Removes those timers of a queue that fire after an instant, in ms since 1970. @returns how many there were. */
  async removeBeyond(queue: Queue, afterMs: number, pace: Pace): Promise<number> {
    let removed = 0;
    for await (const page of waitingTimers(queue, { afterMs })) {
      page.removed = await removeAll(queue, page.ids.filter(isTimerId), pace);
      removed += page.removed;
    }
    return removed;
  }

  private async unwantedAmong(ids: readonly string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    // Redis takes NUL in a name, PostgreSQL does not: such a key is of no task.
    const keys = ids.map(keyOfTimer).filter((key) => !key.includes('\0'));
    const revisions = await this.tasks.revisions(keys);
    const wanted = new Set([...revisions].map(([key, revision]) => timerId({ key, revision })));
    return ids.filter((id) => !wanted.has(id));
  }
}

async function removeAll(queue: Queue, ids: readonly string[], pace: Pace): Promise<number> {
  let removed = 0;
  for (let from = 0; from < ids.length; from += AT_A_TIME) {
    await pace.step();
    const gone = await Promise.all(ids.slice(from, from + AT_A_TIME).map((id) => removeTimer(queue, id)));
    removed += gone.filter(Boolean).length;
  }
  return removed;
}
