import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '@budget-buddy/platform';
import type { Place } from './open-tasks';
import type { TaskRecord } from './task-record';

/** What is read of a task that is open before it is due, and its place among the others. */
export type OpenPayload = Pick<TaskRecord, 'key' | 'name' | 'payload' | 'payloadVersion'> & Place;

/** The walk along what all that is open is to do. */
@Injectable()
export class OpenPayloads {
  constructor(private readonly database: Database) {}

  /** In the order they are due, a page at a time, after the last one seen (keyset paging, along the index `task_open`). */
  async page(after: Place | undefined, size: number): Promise<OpenPayload[]> {
    return this.database.db
      .selectFrom('tasks.task')
      .select(['key', 'name', 'payload', 'payload_version as payloadVersion', sql<string>`due_at::text`.as('due')])
      .where('finished_at', 'is', null)
      .$if(after !== undefined, (query) =>
        query.where(sql<boolean>`(due_at, key) > (${after!.due}::timestamptz, ${after!.key})`),
      )
      .orderBy('due_at')
      .orderBy('key')
      .limit(size)
      .execute();
  }
}
