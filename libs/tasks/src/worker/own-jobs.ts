import type { Job, Queue } from 'bull';
import { TimerAgain } from './follow-ledger';

/** Why a worker that ends lets others have a timer, as Bull keeps it. */
export const WORKER_ENDS = 'given back by a worker that ends';

/** The jobs whose lock this queue object holds: those that Redis has given to it, by what Redis knows. */
export async function ownJobs(queue: Queue): Promise<Job[]> {
  // One whose own data is gone is null, whatever the types say.
  const active = (await queue.getActive()).filter((job: Job | null) => job !== null);
  const isOwn = await Promise.all(active.map((job) => isHeldBy(queue, job)));
  return active.filter((_, index) => isOwn[index]);
}

/** Lets any worker have a job that this one holds and does not run. @param why as Bull keeps it. */
export async function giveBack(job: Job, why: string): Promise<void> {
  await job.moveToFailed(givenBack(why));
}

/** Where a timer's job was to be run, throwing this has Bull let any worker have it. @param why as Bull keeps it. */
export function givenBack(why: string): TimerAgain {
  return new TimerAgain(why, 1);
}

/** A lock holds the token of the queue object that took it, which Bull's types do not tell of. */
async function isHeldBy(queue: Queue, job: Job): Promise<boolean> {
  const { token } = queue as Queue & { readonly token: string };
  return (await queue.client.get(job.lockKey())) === token;
}
