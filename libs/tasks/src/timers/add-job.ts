import { createRequire } from 'node:module';
import type { JobOptions, Queue } from 'bull';

/** What adds a job in Bull. It has no types. */
interface Scripts {
  addJob(
    client: Queue['client'],
    queue: Queue,
    job: { name: string; data: string; opts: string; timestamp: number; delay: number },
    options: { customJobId: string },
  ): Promise<string>;
}

/** Where a queue says nothing else. */
const BULLS_ATTEMPTS = 1;

const scripts = createRequire(__filename)('bull/lib/scripts') as Scripts;

/** When a job of an id of ours is to run. */
export interface JobTime {
  readonly jobId: string;
  /** From which `delay` counts, and which Bull has for the job's creation, in ms since 1970. */
  readonly timestamp: number;
  /** In ms. */
  readonly delay: number;
}

/**
 * Adds a job, as `queue.add` does, without the copies of all options, the `Job` and the wrapped function that it makes for
 * each. If there is one of this id, that stays as it is. For plain jobs: no groups, priorities or repetitions.
 */
export async function addJob(queue: Queue, name: string, data: object, time: JobTime): Promise<void> {
  await queue.isReady();
  const { timestamp, delay, jobId } = time;
  const opts = `${defaultOptionsText(queue)},"jobId":${JSON.stringify(jobId)},"timestamp":${timestamp},"delay":${delay}}`;
  const job = { name, data: JSON.stringify(data), opts, timestamp, delay };
  await scripts.addJob(queue.client, queue, job, { customJobId: jobId });
}

/** By a queue's options, which are made once and stay: as JSON they are the larger part of each timer. */
const texts = new WeakMap<JobOptions, string>();

/** Up to the last brace. */
function defaultOptionsText(queue: Queue): string {
  const { defaultJobOptions } = queue as unknown as { defaultJobOptions: JobOptions };
  const known = texts.get(defaultJobOptions);
  if (known !== undefined) return known;
  const text = JSON.stringify({ ...defaultJobOptions, attempts: defaultJobOptions.attempts ?? BULLS_ATTEMPTS }).slice(
    0,
    -1,
  );
  texts.set(defaultJobOptions, text);
  return text;
}
