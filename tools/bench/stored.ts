import { sql } from 'kysely';
import type { Place } from './place';

/** What the servers store, in bytes; tables with all their indexes. */
export interface Stored {
  readonly redis: number;
  readonly tasks: number;
  /** Of `tasks`, the indexes. */
  readonly taskIndexes: number;
  readonly budgets: number;
  readonly outbox: number;
}

/** Without a database its tables are empty. */
export async function stored(place: Place): Promise<Stored> {
  const info = await place.redis.info('memory');
  const redis = Number(/^used_memory_dataset:(\d+)/m.exec(info)![1]);
  if (!place.hasDatabase) return { redis, tasks: 0, taskIndexes: 0, budgets: 0, outbox: 0 };
  const { rows } = await sql<Omit<Stored, 'redis'>>`
    select pg_total_relation_size('tasks.task')::float8 as tasks, pg_indexes_size('tasks.task')::float8 as "taskIndexes",
      pg_total_relation_size('budgets.budget')::float8 as budgets,
      pg_total_relation_size('events.outbox')::float8 as outbox`.execute(place.database.db);
  return { redis, ...rows[0]! };
}
