import { format, resolveConfig } from 'prettier';
import { machineTable } from '../../bench/report/tables';
import { MOST_POSTGRES_CORES, MOST_REDIS_BYTES, MOST_ROWS_A_TABLE, UTILIZATION } from '../assumptions';
import type { CapacityReport } from '../capacity-report';
import { spreads } from '../simulation/zones';
import { demandTable, simulationTable, validationTable } from './capacity-tables';
import { count, percent, size, time } from './units';

/** The page as docs/capacity.md has it. @param path where it is to be: formatted as that file must be. */
export async function renderCapacity(report: CapacityReport, path: string): Promise<string> {
  const { figures, oneWorker, validations } = report;
  const parts = [
    '# Capacity',
    'Written by `npm run capacity` from `docs/growth.json`, which `npm run bench:growth` has measured: do not edit. Nothing ' +
      'here was measured at these numbers. What was measured is in [growth](growth.md); everything else is computed from it, ' +
      'by the formulas below.',
    ...spreads.flatMap((spread) => [`## ${sentence(spread.title)}`, demandTable(report, spread)]),
    "## The month's first minute, simulated",
    'With the workers and the PostgreSQL of the tables above. All budgets are monthly and due at midnight of the first, by ' +
      "their own zone's clock. Late: from the due time until the renewal is settled.",
    simulationTable(report),
    `With one worker and the servers as they were measured, ${count(1_000_000)} budgets in one zone take ` +
      `${time(oneWorker.lastMs)}; ${percent(oneWorker.firstMinute)} of them are renewed within the first minute.`,
    '![Budgets renewed, so many minutes after they were due](capacity.svg)',
    '## The simulation beside what was measured',
    'Storms of the same run: so many renewals, all due at one instant. The simulation knows the rate of one worker with ' +
      'renewals that are ready, how long attempts took then, and the best rate of the machine; it does not know the storms.',
    validationTable(validations),
    '## Formulas',
    FORMULAS,
    '## Assumptions',
    assumptionsOf(report),
    '## What is not there today',
    LIMITS,
    '## Measured on',
    machineTable(Object.entries(figures.machine)),
  ];
  return format(parts.join('\n\n'), { ...(await resolveConfig(path)), filepath: path });
}

const FORMULAS = `
- Rate at midnight: \`R = wave / minutes\`. The wave is the largest share of the budgets that is due at one instant.
- Cores of a server: \`R × (processor time of a renewal + of its event) / ${UTILIZATION}\`, the utilization law (Denning and
  Buzen, _The Operational Analysis of Queueing Network Models_, 1978), with the processor time of the server's own
  processes as it was measured. Each renewal brings an event, and that the task of the next month.
- Workers: \`R / rate of one / ${UTILIZATION}\`. The rate of one was measured with all servers on the same cores: with servers of
  their own a worker does more.
- PostgreSQL, disk: \`budgets × (task + budget + event + months × (growth by a renewal − event))\`, with all indexes: published events
  leave within the month. That growth has the row versions in it that vacuum frees.
- Redis: \`budgets × timer\`; with a horizon, the most budgets that are due within it. The reconciler needs
  \`wave / timers a second\` to set the timers of a wave, and the horizon has to be longer.
- Simulation: a G/G/k queue, first come, first served, with \`workers × concurrency\` slots. How long a task holds a slot is
  drawn from the measured durations of attempts, stretched to the mean \`concurrency / rate of one\` (Little's law: Little,
  _A Proof for the Queuing Formula L = λW_, 1961). Behind the slots is PostgreSQL as one server at its highest rate. Tested
  against \`⌈n / k⌉ × s\`, the formula of Pollaczek and Khinchine for M/D/1, and for what must hold of any system.
`.trim();

const LIMITS = `
- A queue is on one Redis master, and all tasks of one name go to one queue (\`BUDGETBUDDY_TASK_ROUTES\`). Renewals cannot be
  spread over several queues of a Redis Cluster yet: where the table has more than one master, either a route by key has
  to be built, or the budgets are divided among cells.
- A cell is a whole system (database, Redis prefix, exchange) with its part of the budgets. Nothing divides them yet.
- No migration partitions a table.
- Several queues of RabbitMQ for one kind of event: a quorum queue has one leader, whose rate bounds it. It was measured up to
  the rate of the schedulers in [growth](growth.md), and not beyond.
`.trim();

function assumptionsOf({ assumptions: { minutes, keptMonths, horizonHours }, figures }: CapacityReport): string {
  return `
- Everybody who is due at one instant is renewed within ${minutes} minutes (\`--minutes\`); settled tasks are kept for ${keptMonths} months
  ([retention](retention.md)), and there are old budgets of as many (\`--keep-months\`; they never leave); the horizon is ${horizonHours} hours (\`--horizon-hours\`).
- Processors of servers are used to ${percent(UTILIZATION)}. A Redis holds at most ${size(MOST_REDIS_BYTES)}, a PostgreSQL has at most ${MOST_POSTGRES_CORES} cores, and a table of more than
  ${count(MOST_ROWS_A_TABLE)} rows is partitioned. These are rules of thumb.
- Bytes of a row do not depend on their number. They were measured with ${count(figures.openTasks)} open tasks.
- The disks write the WAL as fast as the table says. Processors are as fast as those that it was measured on.
- How budgets are spread over time zones is not known; three ways are computed, the worst one first.
`.trim();
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
