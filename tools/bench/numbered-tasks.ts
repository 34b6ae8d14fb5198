import type { DueTask } from './task-running';

/** Tasks in a row. @param dueAtMs of each of them; as soon as possible without. */
export function numberedTasks(first: number, count: number, dueAtMs?: number): DueTask[] {
  return Array.from({ length: count }, (_, index) => ({ number: first + index, dueAtMs }));
}
