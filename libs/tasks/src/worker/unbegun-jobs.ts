import type { Queue } from 'bull';
import { giveBack, ownJobs, WORKER_ENDS } from './own-jobs';

/**
 * Gives back the jobs that this process holds and has not begun; to be called when none runs any more. Bull fetches the
 * next job while it settles one. Where the queue was paused between the question and the answer, it holds that job, and
 * nobody would run it until its lock has run out.
 */
export async function giveBackUnbegun(queue: Queue): Promise<void> {
  for (const job of await ownJobs(queue)) await giveBack(job, WORKER_ENDS);
}
