import type { Job, Queue } from 'bull';
import { TimerAgain } from './follow-ledger';

/**
 * Gives back the jobs that this process holds and has not begun; to be called when none runs any more. Bull fetches the
 * next job while it settles one. Where the queue was paused between the question and the answer, it holds that job, and
 * nobody would run it until its lock has run out.
 */
export async function giveBackUnbegun(queue: Queue): Promise<void> {
  for (const job of await queue.getActive()) {
    if (await isHeldHere(queue, job)) await job.moveToFailed(new TimerAgain('given back by a worker that ends', 1));
  }
}

/** A lock holds the token of the queue object that took it, which Bull's types do not tell of. */
async function isHeldHere(queue: Queue, job: Job): Promise<boolean> {
  const { token } = queue as Queue & { readonly token: string };
  return (await queue.client.get(job.lockKey())) === token;
}
