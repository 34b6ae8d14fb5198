import { Injectable } from '@nestjs/common';
import { type ColumnType, type Generated, sql } from 'kysely';
import { Database } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import { isMemoryLost, type Memories } from './memory-loss';

/** The one row by which the reconcilers of all processes know which comparisons of all timers there were. */
export interface ReconcilerTable {
  /** The number of the comparison that was begun last. */
  begun: Generated<number>;
  /** The number of the last one that came to its end. */
  completed: Generated<number>;
  completed_at: Temporal.Instant | null;
  /** The memories of Redis that were compared. */
  memories: ColumnType<Memories, string, unknown>;
  /** Until which due time every task was given its timer; null: without limit. */
  timers_until: Temporal.Instant | null;
}

declare module '@budget-buddy/platform' {
  interface Tables {
    'tasks.reconciler': ReconcilerTable;
  }
}

/** What is known of the comparisons of all timers. */
export interface FullComparisonsSoFar {
  readonly begun: number;
  readonly completed: number;
  /** How long ago the last one was completed, in ms; null when none was. */
  readonly sinceCompletedMs: number | null;
  readonly memories: Memories;
  /** Until which due time every task was given its timer; null: without limit. */
  readonly timersUntil: Temporal.Instant | null;
}

/** Keeps count of the comparisons of all timers, by whichever process: what one owes, another can do. */
@Injectable()
export class FullComparisons {
  constructor(private readonly database: Database) {}

  async soFar(): Promise<FullComparisonsSoFar> {
    return (
      this.database.db
        .selectFrom('tasks.reconciler')
        .select(['begun', 'completed', 'memories', 'timers_until as timersUntil'])
        // The time of the server, for the processes' own may differ.
        .select(
          sql<number>`(extract(epoch from clock_timestamp() - completed_at) * 1000)::float8`.as('sinceCompletedMs'),
        )
        .executeTakeFirstOrThrow()
    );
  }

  /** @returns the number of the one that begins now. */
  async begin(): Promise<number> {
    const { begun } = await this.database.db
      .updateTable('tasks.reconciler')
      .set({ begun: sql<number>`begun + 1` })
      .returning('begun')
      .executeTakeFirstOrThrow();
    return begun;
  }

  /**
   * Of no effect when another one was begun since: then this one was not the leader's any more.
   * @param timersUntil the due time until which all tasks have been given their timers; undefined: without limit.
   */
  async complete(number: number, memories: Memories, timersUntil: Temporal.Instant | undefined): Promise<void> {
    await this.database.db
      .updateTable('tasks.reconciler')
      .set({
        completed: number,
        completed_at: sql`clock_timestamp()`,
        // Others may know of other queues.
        memories: sql`memories || ${JSON.stringify(memories)}::jsonb`,
        timers_until: timersUntil ?? null,
      })
      .where('begun', '=', number)
      .execute();
  }
}

/**
 * Whether all timers are to be compared now.
 * @param memories what Redis remembers now.
 * @param owed the number of the comparison that there has to be, that one or a later one.
 */
export function isFullComparisonDue(
  soFar: FullComparisonsSoFar,
  memories: Memories,
  owed: number,
  intervalMs: number,
): boolean {
  const { completed, sinceCompletedMs } = soFar;
  if (sinceCompletedMs === null || completed < owed || isMemoryLost(soFar.memories, memories)) return true;
  return sinceCompletedMs >= intervalMs;
}
