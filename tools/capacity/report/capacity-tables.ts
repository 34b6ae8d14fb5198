import { threeDigits } from '../../bench/report/numbers';
import { table } from '../../bench/report/tables';
import type { CapacityReport, Case, Validation } from '../capacity-report';
import { rateOfOne } from '../demand';
import { setUpOf } from '../set-up';
import type { Spread } from '../simulation/zones';
import { count, percent, size, time } from './units';

type Line = readonly [title: string, cell: (each: Case) => string];

/** What is needed, a column for each number of budgets. */
export function demandTable({ cases, assumptions, figures }: CapacityReport, spread: Spread): string {
  const { keptMonths, horizonHours, minutes } = assumptions;
  const lines: Line[] = [
    ['due at one instant', ({ demand }) => count(demand.wave)],
    [`renewals a second, for ${minutes} minutes`, ({ demand }) => count(demand.perSecond)],
    [`workers (${threeDigits(rateOfOne(figures))} a second each)`, ({ demand }) => count(demand.workers)],
    ['schedulers, for the successors within an hour', ({ demand }) => count(demand.schedulers)],
    ['PostgreSQL: cores', ({ demand }) => threeDigits(demand.postgres.cores)],
    [`PostgreSQL: disk, ${keptMonths} months kept`, ({ demand }) => size(demand.postgres.diskBytes)],
    ['PostgreSQL: old budgets, a month', ({ demand }) => size(demand.budgets * figures.budgetBytes)],
    ['PostgreSQL: indexes of the open tasks', ({ demand }) => size(demand.postgres.indexBytes)],
    ['PostgreSQL: WAL at midnight', ({ demand }) => `${size(demand.postgres.walBytesPerSecond)}/s`],
    ['PostgreSQL: `VACUUM ANALYZE` of all', ({ demand }) => time(demand.postgres.vacuumMs)],
    ['Redis: memory, all timers', ({ demand }) => size(demand.redis.bytes)],
    [`Redis: horizon ${horizonHours} h, all due on the first`, ({ demand }) => size(demand.redis.bytesWithHorizon)],
    [`Redis: horizon ${horizonHours} h, due evenly`, ({ demand }) => size(demand.redis.bytesWithHorizonEvenly)],
    ['the horizon must be longer than', ({ demand }) => time(demand.redis.hoursToEnter * 3_600_000)],
    ['Redis: cores', ({ demand }) => threeDigits(demand.redis.cores)],
    ['RabbitMQ: messages in and out', ({ demand }) => `${count(demand.rabbit.messagesPerSecond)}/s`],
    ['RabbitMQ: cores', ({ demand }) => threeDigits(demand.rabbit.cores)],
    ['**RabbitMQ**', ({ demand }) => setUpOf(demand).rabbit],
    ['**Redis**', ({ demand }) => setUpOf(demand).redis],
    ['**PostgreSQL**', ({ demand }) => setUpOf(demand).postgres],
  ];
  const own = cases.filter((each) => each.spread === spread);
  return table(
    ['', ...own.map(({ demand }) => `${count(demand.budgets)} budgets`)],
    lines.map(([title, cell]) => [title, ...own.map(cell)]),
  );
}

/** When everybody is renewed. */
export function simulationTable({ cases }: CapacityReport): string {
  const lines = cases.map(({ spread, demand, prediction: { p50Ms, p99Ms, lastMs, firstMinute } }) => [
    count(demand.budgets),
    spread.title,
    count(demand.workers),
    percent(firstMinute),
    time(p50Ms),
    time(p99Ms),
    time(lastMs),
  ]);
  return table(['budgets', 'time zones', 'workers', 'within the first minute', 'p50', 'p99', 'last'], lines);
}

/** What the simulation says of storms that were measured. */
export function validationTable(validations: readonly Validation[]): string {
  const cell = (measured: number, predicted: number) =>
    `${time(measured)} / ${time(predicted)} (${threeDigits(predicted / measured)})`;
  const lines = validations.map(({ measured, predicted }) => [
    String(measured.processes),
    count(measured.tasks),
    cell(measured.p50Ms, predicted.p50Ms),
    cell(measured.p99Ms, predicted.p99Ms),
    cell(measured.lastMs, predicted.lastMs),
  ]);
  return table(['workers', 'renewals', 'p50: measured / simulated (ratio)', 'p99', 'last'], lines);
}
