import { Place } from '../place';
import type { BullAddSettings } from '../raw/parts/bull-add';
import { RawProcess } from '../raw/raw-process';
import type { Context, Row, Sample, Side } from '../row';

/** How many delayed jobs a second Bull takes. */
export const bullAdd: Row = {
  id: 'bull-add',
  title: 'Bull `add` alone',
  method: 'One process adds delayed jobs, and counts them afterwards.',
  figures: [{ id: 'perSecond', title: 'jobs', unit: '/s', better: 'more' }],
  sides: [
    side('one-by-one', 'one by one', { bulk: 1, inFlight: 1 }),
    side('200-in-flight', '200 in flight', { bulk: 1, inFlight: 200 }),
    side('bulk', 'in bulk', { bulk: 500, inFlight: 1 }),
    side('two-bulks', 'two bulks in flight', { bulk: 500, inFlight: 2 }),
  ],
};

function side(id: string, title: string, how: Pick<BullAddSettings, 'bulk' | 'inFlight'>): Side {
  const includes = `${how.bulk === 1 ? '`add`' : `\`addBulk\` of ${how.bulk}`}, ${how.inFlight} at a time`;
  return { id, who: 'raw', title, includes, measure: (context) => measure(how, context) };
}

async function measure(how: Pick<BullAddSettings, 'bulk' | 'inFlight'>, { scale }: Context): Promise<Sample> {
  const place = await Place.prepare({ database: false });
  const settings: BullAddSettings = { count: scale.jobs, warmUp: scale.warmUpTasks, ...how };
  const part = RawProcess.start('bull-add', settings, place.env);
  try {
    return await part.sample();
  } finally {
    await part.kill();
    await place.drop();
  }
}
