import type { Database } from '@budget-buddy/platform';

/** All tasks that have failed for good, the latest first; a line each. */
export async function failedTasks({ db }: Database): Promise<string> {
  const tasks = await db
    .selectFrom('tasks.task')
    .select(['key', 'finished_at', 'attempts', 'reason'])
    .where('status', '=', 'failed')
    .orderBy('finished_at', 'desc')
    .execute();
  if (tasks.length === 0) return 'No task has failed.';
  return tasks
    .map(
      ({ key, finished_at, attempts, reason }) =>
        `${String(finished_at)}  ${key}  ${attempts} attempts  ${reason ?? ''}`,
    )
    .join('\n');
}
