import type { Temporal } from 'temporal-polyfill';
import type { Period, PeriodRule } from './period-model';

/** What a budget goes through in a run. */
export type StoryKind =
  | 'plain'
  | 'told of twice'
  | 'due at one instant'
  | 'renewed twice'
  | 'catches up'
  | 'moved nearer'
  | 'moved away'
  | 'given up'
  | 'given up before it was told of'
  | 'due after the run';

/** A message that another service publishes. */
export interface Publication {
  readonly id: string;
  /** After the start of the run, in ms. */
  readonly atMs: number;
  readonly event: string;
  /** Bytes are published as they are, anything else as JSON. */
  readonly body: unknown;
  /** The system can only know what is to be done once this one is published. A copy says nothing new. */
  readonly isCopy?: boolean;
}

/** What a budget says of itself, as it holds in the end. */
export interface Terms {
  readonly userId: string;
  readonly name: string;
  readonly totalLimit: number;
  readonly currency: string | null;
  readonly categories: readonly { readonly name: string; readonly limit: number }[];
  readonly rule: PeriodRule;
  /** The first period. */
  readonly period: Period;
}

/** A budget of the run: all that is published about it, and what follows from that. */
export interface Story {
  readonly kind: StoryKind;
  readonly budgetId: string;
  readonly terms: Terms;
  readonly publications: readonly Publication[];
  readonly givenUp?: Temporal.Instant;
  /** The publication that keeps it from being renewed, and when it would be, in ms since 1970. */
  readonly lastWord?: { readonly id: string; readonly beforeMs: number };
}

/** A message that cannot be handled, and why it has to end among the dead letters. */
export interface InvalidMessage extends Publication {
  readonly reason: 'invalid' | 'oversized';
}

/** What the wire has of a budget. */
export function wireOf(budgetId: string, terms: Terms, occurredOn: Temporal.Instant): Record<string, unknown> {
  const { userId, name, totalLimit, currency, categories, rule, period } = terms;
  return {
    budget_id: budgetId,
    user_id: userId,
    name,
    total_limit: totalLimit,
    strategy: rule.strategy,
    start_date: period.start.toString(),
    end_date: period.end.subtract({ seconds: 1 }).toString(),
    occurred_on: occurredOn.toString(),
    time_zone: rule.zone,
    strategy_parameters: { start_day: rule.day, start_month: rule.month },
    categories,
    ...(currency && { currency }),
  };
}
