import type { TaskRecord } from './task-record';

/** What is compared of a task that is open: a million of them pass by, so no more than that. */
export type OpenTask = Pick<TaskRecord, 'key' | 'name' | 'queue' | 'revision' | 'dueAt'>;
