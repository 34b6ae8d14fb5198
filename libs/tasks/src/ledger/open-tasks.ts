import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '@budget-buddy/platform';
import type { Temporal } from 'temporal-polyfill';
import { OpenTask } from './open-task';

/** An open task whose row somebody edited by hand so that it cannot be read. */
export interface UnreadableTask {
  readonly key: string;
  readonly why: string;
}

/** Where a page ended, as PostgreSQL wrote it: what follows it is found also when it cannot be read. */
export interface Place {
  readonly due: string;
  readonly key: string;
}

/** Behind this are only tasks that cannot be read: year 10000 and later, and `infinity`. */
export const UNREADABLE_FROM: Place = { due: '10000-01-01 00:00:00+00', key: '' };

/** Some open tasks, in the order they are due. */
export interface OpenTasksPage {
  readonly tasks: readonly OpenTask[];
  readonly unreadable: readonly UnreadableTask[];
  /** Where the next page begins; undefined when this is the last. */
  readonly next: Place | undefined;
}

type Row = Pick<OpenTask, 'name' | 'queue' | 'revision'> & Place;

/** The walk along all that is open. One row that cannot be read keeps none of the others from being seen. */
@Injectable()
export class OpenTasks {
  constructor(private readonly database: Database) {}

  /** A page at a time, after the last one seen (keyset paging, along the index `task_open`). */
  async page(until: Temporal.Instant | undefined, after: Place | undefined, size: number): Promise<OpenTasksPage> {
    const rows: Row[] = await this.query(until, after, size).execute();
    return { ...read(rows), next: rows.length === size ? rows.at(-1) : undefined };
  }

  /** How PostgreSQL goes about a page: that the walk is along the index is worth a look now and then. */
  async explain(until: Temporal.Instant | undefined, after: Place | undefined, size: number): Promise<string> {
    const plan = await this.query(until, after, size).explain('text', sql`analyze, buffers`);
    return plan.map((line) => String((line as Record<string, unknown>)['QUERY PLAN'])).join('\n');
  }

  private query(until: Temporal.Instant | undefined, after: Place | undefined, size: number) {
    return this.database.db
      .selectFrom('tasks.task')
      .select(['key', 'name', 'queue', 'revision', sql<string>`due_at::text`.as('due')])
      .where('finished_at', 'is', null)
      .$if(until !== undefined, (query) => query.where('due_at', '<=', until!))
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(due_at, key) > (${after!.due}::timestamptz, ${after!.key})`),
      )
      .orderBy('due_at')
      .orderBy('key')
      .limit(size);
  }

  /**
   * The revision of each of these tasks that is open. Which are open is sorted out here: asked for it, PostgreSQL may walk along
   * all that is open, by the index of that.
   */
  async revisions(keys: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.db
      .selectFrom('tasks.task')
      .select(['key', 'revision', sql<boolean>`finished_at is null`.as('isOpen')])
      .where(sql<boolean>`key = any(${[...new Set(keys)]}::text[])`)
      .execute();
    return new Map(rows.filter(({ isOpen }) => isOpen).map(({ key, revision }) => [key, revision]));
  }
}

function read(rows: readonly Row[]): Pick<OpenTasksPage, 'tasks' | 'unreadable'> {
  const tasks: OpenTask[] = [];
  const unreadable: UnreadableTask[] = [];
  for (const { key, name, queue, revision, due } of rows) {
    try {
      if (key === '') unreadable.push({ key, why: 'its key is empty' });
      else tasks.push(new OpenTask(key, name, queue, revision, due));
    } catch {
      unreadable.push({ key, why: `due_at is ${due}` });
    }
  }
  return { tasks, unreadable };
}
