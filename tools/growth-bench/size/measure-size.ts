import { sql } from 'kysely';
import { RenewalProducer } from '../../bench/ours/renewal-producer';
import { Place } from '../../bench/place';
import type { Sample } from '../../bench/row';
import { stored } from '../../bench/stored';
import type { GrowthScale } from '../growth-scale';
import { fillOutbox } from '../load/fill';
import { patiently } from '../patiently';
import { checkPlans } from '../plans/check-plans';
import type { PlanJudgement } from '../plans/judge-plans';
import { loadSize } from './load-size';
import { measureScheduler } from './measure-scheduler';
import { measureWorker } from './measure-worker';

/** Budgets of these numbers are used by nothing else. */
const PLANS_FROM = 2_000_000;

/** One number of open tasks. */
export interface Size {
  readonly tasks: number;
  /** Timers that are left to the reconciler. */
  readonly missing: number;
}

/** Everything that is measured with one number of open tasks, in a database of its own. */
export async function measureSize(
  size: Size,
  scale: GrowthScale,
  onPlans: (plans: PlanJudgement) => void,
): Promise<Sample> {
  const place = await Place.prepare({ database: true });
  try {
    const producer = await RenewalProducer.open(place);
    const bytes = await loadSize(place, producer, size);
    const worker = await measureWorker(place, producer, size, scale);
    await removeRenewals(place);
    const scheduler = await measureScheduler(place, scale);
    const outbox = size.tasks > 0 ? await measurePlans(place, size, onPlans) : {};
    return { ...bytes, ...worker, ...scheduler, ...outbox };
  } finally {
    await place.drop();
  }
}

/** So that each open task has one budget again, and each budget one open task. */
async function removeRenewals({ database }: Place): Promise<void> {
  await sql`
    with settled as (delete from tasks.task where finished_at is not null returning (payload->>'budgetId')::uuid as id)
    delete from budgets.budget as budget using settled where budget.id = settled.id or budget.renewal_of = settled.id
  `.execute(database.db);
}

/** With as many published events in the outbox as there are open tasks. */
async function measurePlans(place: Place, { tasks }: Size, onPlans: (plans: PlanJudgement) => void): Promise<Sample> {
  const before = await stored(place);
  await fillOutbox(tasks);
  const outbox = ((await stored(place)).outbox - before.outbox) / tasks;
  await patiently(sql`vacuum (analyze) tasks.task, budgets.budget, events.outbox`);
  onPlans(await checkPlans(place, tasks, PLANS_FROM));
  return { outbox };
}
