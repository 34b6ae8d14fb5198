import { RenewalWorker } from '../ours/renewal-worker';
import { Place } from '../place';
import type { PostgresSettings, RawWork } from '../raw/parts/postgres';
import { RawProcess } from '../raw/raw-process';
import type { Context, Row, Sample, Side } from '../row';
import { countRuns, RUN_FIGURES } from '../run-count';
import { measureStorm, STORM_FIGURES } from './measure-storm';
import { measureThroughput } from './measure-throughput';

const CONNECTIONS = 10;

/** How many budgets are renewed in a second, and how late; and what PostgreSQL alone does in a second. */
export const renewals: Row = {
  id: 'renewals',
  title: 'real renewals',
  method:
    'The same with the real worker and its real task. A queue listens to the events; nobody takes them out, and no scheduler ' +
    'runs beside the worker. Late: from the due time until the renewal is settled in the ledger, and until the relay ' +
    'has the confirm of the last event. Afterwards tasks, successors and events are counted. PostgreSQL alone: ' +
    `\`pg\` with ${CONNECTIONS} connections and prepared statements; renewals, or rows, in a second.`,
  figures: [
    { id: 'perSecond', title: 'ready to run', unit: '/s', better: 'more' },
    ...[
      ...STORM_FIGURES,
      { id: 'published', title: 'due at one instant: all events published', unit: 'ms', better: 'less' } as const,
      ...RUN_FIGURES,
    ].map((figure) => ({ ...figure, optional: true as const })),
  ],
  sides: [
    {
      id: 'ours',
      who: 'ours',
      title: 'this system',
      includes:
        'one worker process: claim, budget read, successor inserted, event into the outbox, outcome, commit; relay, confirms',
      measure,
    },
    raw('raw-renewal', 'a renewal in PostgreSQL', 'renewal', 'the six statements of a renewal, in a transaction each'),
    raw('raw-insert', 'inserts, one by one', 'insert', 'rows of the ledger, a transaction each'),
    raw('raw-insert-100', 'inserts of 100', 'insert-100', 'rows of the ledger, 100 a statement'),
  ],
};

async function measure({ scale, nodeArguments }: Context): Promise<Sample> {
  const { renewals: count, warmUpTasks } = scale;
  const place = await Place.prepare({ database: true });
  const worker = new RenewalWorker(place, { nodeArguments });
  try {
    await worker.start();
    const perSecond = await measureThroughput(worker, place, { ...scale, tasks: count });
    await worker.lastPublishedMs();
    const storm = await measureStorm(worker, place, { ...scale, tasks: count, first: warmUpTasks + count });
    const published = (await worker.lastPublishedMs()) - storm.dueAtMs;
    await worker.verify();
    return { perSecond, ...storm.sample, published, ...countRuns(await worker.runs(), 0, warmUpTasks + 2 * count) };
  } finally {
    await worker.close();
    await place.drop();
  }
}

function raw(id: string, title: string, work: RawWork, includes: string): Side {
  return { id, who: 'raw', title, includes, measure: (context) => measureRaw(work, context) };
}

async function measureRaw(work: RawWork, { scale }: Context): Promise<Sample> {
  const place = await Place.prepare({ database: true });
  const settings: PostgresSettings = { work, count: scale.rows, warmUp: scale.warmUpTasks, connections: CONNECTIONS };
  const part = RawProcess.start('postgres', settings, place.env);
  try {
    return await part.sample();
  } finally {
    await part.kill();
    await place.drop();
  }
}
