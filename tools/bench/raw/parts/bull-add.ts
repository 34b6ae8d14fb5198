import { openBull } from '../bull';
import { settings, tell } from '../parent';

export interface BullAddSettings {
  count: number;
  warmUp: number;
  /** Jobs a call of `addBulk`; 1: `add`. */
  bulk: number;
  /** Calls at a time. */
  inFlight: number;
}

const { count, warmUp, bulk, inFlight } = settings<BullAddSettings>();
const DELAY_MS = 30 * 86_400_000;

async function add(queue: ReturnType<typeof openBull>, from: number, to: number): Promise<void> {
  let next = from;
  const work = async (): Promise<void> => {
    while (next < to) {
      const numbers = Array.from({ length: Math.min(bulk, to - next) }, () => next++);
      const jobs = numbers.map((number) => ({
        name: 'budget_renewal_task',
        data: { budget_id: `budget-${number}`, user_id: 'user' },
        opts: { jobId: `renew-${number}`, delay: DELAY_MS },
      }));
      const [{ name, data, opts }] = jobs as [(typeof jobs)[number]];
      const added = bulk === 1 ? [await queue.add(name, data, opts)] : await queue.addBulk(jobs);
      if (added.some(({ id }) => id === undefined)) throw new Error('a job was not added');
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
}

async function main(): Promise<void> {
  const queue = openBull();
  await queue.isReady();
  await add(queue, 0, warmUp);
  const start = performance.now();
  await add(queue, warmUp, warmUp + count);
  const perSecond = count / ((performance.now() - start) / 1_000);
  const found = await queue.getDelayedCount();
  if (found !== warmUp + count) throw new Error(`${found} jobs, expected ${warmUp + count}`);
  await tell({ sample: { perSecond } });
  process.exit(0);
}

void main();
