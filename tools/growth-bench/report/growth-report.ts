import type { Report } from '../../bench/report/report';
import type { PlanJudgement } from '../plans/judge-plans';

/** What a run of `npm run bench:growth` came to. */
export interface GrowthReport extends Report {
  readonly plans: readonly PlanJudgement[];
}
