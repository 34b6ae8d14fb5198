import { openBull } from '../bull';
import { settings, tell } from '../parent';
import { RunLogWriter } from '../../run-log';

export interface BullWorkerSettings {
  /** Of each queue. */
  concurrency: number;
  queues: readonly string[];
}

async function main(): Promise<void> {
  const { concurrency, queues } = settings<BullWorkerSettings>();
  const log = new RunLogWriter();
  for (const queue of queues.map(openBull)) {
    await queue.isReady();
    void queue.process('*', concurrency, async ({ data }) => log.append((data as { number: number }).number));
  }
  await tell({ ready: true });
}

process.on('SIGTERM', () => process.exit(0));
void main();
