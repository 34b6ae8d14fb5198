import type { Queue } from 'bull';

/** What is not in Bull's types. */
interface Named {
  setWorkerName(): Promise<unknown>;
}

/**
 * Has nobody miss the outcome of naming the connection that waits for jobs, by which the dashboard counts workers.
 * Bull 4 awaits it nowhere: if the connection is closed meanwhile, as in a shutdown right after the start, the
 * rejection would end the process.
 */
export function nameConnectionAtLeisure(queue: Queue): void {
  const bull = queue as Queue & Named;
  const setWorkerName = bull.setWorkerName.bind(queue);
  bull.setWorkerName = () => setWorkerName().catch(() => undefined);
}
