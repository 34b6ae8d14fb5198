import { OwnScheduler } from '../../bench/ours/own-scheduler';
import { RenewalWorker } from '../../bench/ours/renewal-worker';
import type { Place } from '../../bench/place';
import { publishEvents } from '../../bench/publish-events';
import { numberedTasks } from '../../bench/numbered-tasks';
import { until } from '../../bench/until';
import { hotStatements } from './hot-statements';
import { judgePlans, type PlanJudgement } from './judge-plans';
import { PlanLog } from './plan-log';

const PATIENCE_MS = 60_000;
const FEW = 5;

/** Has the apps do a little of everything, and looks at the plans. @param first number of the budgets that are used. */
export async function checkPlans(place: Place, tasks: number, first: number): Promise<PlanJudgement> {
  const log = await PlanLog.begin(place.database, tasks);
  const worker = new RenewalWorker(place);
  const scheduler = new OwnScheduler(place);
  try {
    await Promise.all([worker.start(), scheduler.start()]);
    await worker.schedule(numberedTasks(first, FEW));
    await publishEvents(place, first + FEW, FEW);
    const judge = async () => judgePlans(tasks, await log.plans(), await log.bigTables());
    const seen = async () => (await judge()).findings.length;
    // What is missing then is told of by the judgement.
    await until(hotStatements.length, seen, { what: 'hot statements', patienceMs: PATIENCE_MS, everyMs: 500 }).catch(
      () => undefined,
    );
    return await judge();
  } finally {
    await worker.kill();
    await Promise.all([worker.close(), scheduler.close()]);
    await log.end();
  }
}
