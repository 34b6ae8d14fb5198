import type { Assumptions } from './assumptions';
import { type Demand, demandOf } from './demand';
import type { GrowthFigures, WorkersMeasured } from './growth-figures';
import { predict, type Prediction } from './simulation/predict';
import { type Spread, spreads, wavesOf } from './simulation/zones';

export const BUDGETS: readonly number[] = [1_000_000, 10_000_000, 100_000_000];

/** Some budgets, spread over zones in some way: what they need, and what becomes of them then. */
export interface Case {
  readonly spread: Spread;
  readonly demand: Demand;
  readonly prediction: Prediction;
}

/** What was measured of a storm, and what the simulation says of it. */
export interface Validation {
  readonly measured: WorkersMeasured;
  readonly predicted: Prediction;
}

/** Everything that docs/capacity.md tells. */
export interface CapacityReport {
  readonly figures: GrowthFigures;
  readonly assumptions: Assumptions;
  readonly cases: readonly Case[];
  /** The least budgets, all in one zone, with one worker and the servers as they were measured. */
  readonly oneWorker: Prediction;
  readonly validations: readonly Validation[];
}

export function capacityOf(figures: GrowthFigures, assumptions: Assumptions): CapacityReport {
  const machines = Math.max(...figures.workers.map(({ perSecond }) => perSecond));
  const atOnce = (tasks: number) => [{ atMs: 0, tasks }];
  return {
    figures,
    assumptions,
    cases: BUDGETS.flatMap((budgets) => spreads.map((spread) => caseOf(budgets, spread, figures, assumptions))),
    oneWorker: predict(atOnce(BUDGETS[0]!), { workers: 1, ceilingPerSecond: machines }, figures),
    validations: figures.workers.map((measured) => ({
      measured,
      predicted: predict(atOnce(measured.tasks), { workers: measured.processes, ceilingPerSecond: machines }, figures),
    })),
  };
}

function caseOf(budgets: number, spread: Spread, figures: GrowthFigures, assumptions: Assumptions): Case {
  const demand = demandOf(budgets, spread, figures, assumptions);
  const { renewal, event } = figures;
  const ceilingPerSecond = (demand.postgres.cores * 1_000) / (renewal.postgresMs + event.postgresMs);
  return {
    spread,
    demand,
    prediction: predict(wavesOf(spread, budgets), { workers: demand.workers, ceilingPerSecond }, figures),
  };
}
