import { remembering, timestamp } from '@budget-buddy/platform';
import type { Selectable } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { Budget } from '../budget';
import { BudgetPeriod } from '../period/budget-period';
import { PeriodAnchor } from '../period/period-anchor';
import type { BudgetTable } from './budget-table';

/** A budget as the table has it, in JSON. */
export function toRow(budget: Budget): Record<keyof BudgetTable, unknown> {
  const { anchor, period } = budget;
  return {
    id: budget.id,
    user_id: budget.userId,
    name: budget.name,
    total_limit: budget.totalLimit,
    currency: budget.currency ?? null,
    categories: budget.categories,
    strategy: anchor.strategy,
    anchor_day: anchor.day,
    anchor_month: anchor.month ?? null,
    anchor_time: anchor.timeOfDay.toString(),
    time_zone: anchor.timeZone,
    starts_at: timestamp(period.start),
    ends_at: timestamp(period.end),
    renewal_of: budget.renewalOf ?? null,
    chain_id: budget.chainId,
    as_of: budget.asOf ? timestamp(budget.asOf) : null,
  };
}

/** The inverse of {@link toRow}. */
export function fromRow(row: Selectable<BudgetTable>): Budget {
  const anchor = PeriodAnchor.of({
    strategy: row.strategy,
    start: row.starts_at,
    timeZone: row.time_zone,
    day: row.anchor_day,
    month: row.anchor_month ?? undefined,
    timeOfDay: timeOfDay(row.anchor_time),
  });
  return new Budget({
    id: row.id,
    userId: row.user_id,
    name: row.name,
    totalLimit: row.total_limit,
    currency: row.currency ?? undefined,
    categories: row.categories,
    anchor,
    period: new BudgetPeriod(row.starts_at, row.ends_at),
    renewalOf: row.renewal_of ?? undefined,
    chainId: row.chain_id,
    asOf: row.as_of ?? undefined,
  });
}

const timeOfDay = remembering((text: string) => Temporal.PlainTime.from(text));
