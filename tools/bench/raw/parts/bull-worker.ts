import { openBull } from '../bull';
import { settings, tell } from '../parent';
import { RunLogWriter } from '../../run-log';

export interface BullWorkerSettings {
  concurrency: number;
}

async function main(): Promise<void> {
  const { concurrency } = settings<BullWorkerSettings>();
  const log = new RunLogWriter();
  const queue = openBull();
  await queue.isReady();
  void queue.process('*', concurrency, async ({ data }) => log.append((data as { number: number }).number));
  await tell({ ready: true });
}

process.on('SIGTERM', () => process.exit(0));
void main();
