import { Temporal } from 'temporal-polyfill';
import { dueOf, type Period, periodAfter } from './period-model';
import type { Story } from './story';

/** A budget that must be there in the end, and what must have become of its renewal. */
export interface ExpectedBudget {
  readonly story: Story;
  /** 0: the one that was told of. 1: its renewal, and so on. */
  readonly generation: number;
  readonly period: Period;
  readonly dueAt: Temporal.Instant;
  readonly renewal: 'succeeded' | 'scheduled' | 'cancelled';
}

/**
 * What follows from a story by the rules in docs/events.md: its budget and all the renewals of the chain, in order.
 * @param end of the run: what is due until then is renewed, what is due later is scheduled.
 */
export function expectedOf(story: Story, end: Temporal.Instant): ExpectedBudget[] {
  const { rule, period: first } = story.terms;
  const chain: ExpectedBudget[] = [];
  for (let period = first; ; period = periodAfter(period, rule)) {
    const dueAt = dueOf(period, rule.zone);
    const isDue = Temporal.Instant.compare(dueAt, end) <= 0;
    const renewal = story.givenUp ? 'cancelled' : isDue ? 'succeeded' : 'scheduled';
    chain.push({ story, generation: chain.length, period, dueAt, renewal });
    if (renewal !== 'succeeded') return chain;
  }
}
