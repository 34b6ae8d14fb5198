import { Budget, BudgetPeriod, PeriodAnchor, RenewalConfiguration, type Strategy } from '@budget-buddy/budgets';
import { loadConfiguration } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type Chapter, STORY_LENGTH, tellStory } from './story';

const { leadTime } = loadConfiguration([RenewalConfiguration], {}).get(RenewalConfiguration);

/** A leap year, and a month more. */
const DAYS = Array.from({ length: 400 }, (_, n) => Temporal.PlainDate.from('2027-12-30').add({ days: n }));
/** In New York a time that is there twice in autumn, and one that is left out in spring; in UTC the end of a day. */
const TIMES = ['06:30:00.123', '07:30:00', '23:59:50'];
const NOWS = DAYS.flatMap((day) => TIMES.map((time) => Temporal.Instant.from(`${day.toString()}T${time}Z`)));

/** The budget as the service makes it of the first event that tells of it; none when that is invalid. */
function budgetOf({ budgetId, publications }: Chapter): Budget | undefined {
  const body = publications.find(({ event }) => event === 'BudgetCreated')!.body as Record<string, string>;
  if (!Number.isInteger(body['total_limit'])) return undefined;
  const timeZone = body['time_zone'] ?? 'UTC';
  const start = Temporal.Instant.from(body['start_date']!);
  const end = body['end_date'] === undefined ? undefined : Temporal.Instant.from(body['end_date']);
  const anchor = PeriodAnchor.of({ strategy: body['strategy'] as Strategy, start, timeZone });
  return new Budget({
    id: budgetId,
    userId: budgetId,
    name: body['name']!,
    totalLimit: 1,
    categories: [],
    anchor,
    period: BudgetPeriod.onWire(start, end, anchor),
    chainId: budgetId,
  });
}

/** What the service makes of a chapter, in the words of the story. */
function outcome(budget: Budget, storyEnd: Temporal.Instant): string {
  let [last, renewed] = [budget, 0];
  for (; Temporal.Instant.compare(last.renewalDueAt(leadTime), storyEnd) <= 0; renewed++) {
    last = last.successor(last.id, storyEnd);
  }
  const end = last.period.end.toZonedDateTimeISO(last.anchor.timeZone).toPlainDate();
  return `renewed ${renewed === 1 ? 'once' : `${renewed} times`}, then to ${end.toString()}`;
}

/** What a chapter says that will not come true when it is told at `now`. */
function mistakes(chapter: Chapter, now: Temporal.Instant): string[] {
  const budget = budgetOf(chapter);
  if (!budget) return [];
  const dueInMs = budget.renewalDueAt(leadTime).since(now).total('milliseconds');
  const found = [];
  if (!chapter.title.includes('behind') && (dueInMs < 4_000 || dueInMs > 10_000)) found.push(`due in ${dueInMs} ms`);
  const expected = outcome(budget, now.add(STORY_LENGTH));
  if (chapter.expected.startsWith('renewed') && chapter.expected !== expected) {
    found.push(`"${chapter.expected}", but ${expected}`);
  }
  return found.map((what) => `${chapter.title}, told at ${now.toString()}: ${what}`);
}

describe('the story', () => {
  it('comes true whenever it is told: around leap days, ends of months and clock changes', () => {
    expect(NOWS.flatMap((now) => tellStory(now).flatMap((chapter) => mistakes(chapter, now)))).toEqual([]);
  }, 60_000);

  it('mostly lives in New York', () => {
    expect(tellStory(NOWS[0]!).map(({ title }) => title)).toContain('Insurance, yearly, New York');
  });
});
