import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';

/** An event that somebody publishes in the course of the story. */
export interface Publication {
  readonly afterMs: number;
  readonly event: string;
  readonly body: Record<string, unknown>;
  /** Times it is published. */
  readonly copies?: number;
}

/** One budget's part of the story, and how it is to end. */
export interface Chapter {
  readonly title: string;
  readonly budgetId: string;
  readonly publications: readonly Publication[];
  /** In the words of `describeFinding`. */
  readonly expected: string;
}

const USER = randomUUID();
const UTC = 'UTC';

/** Renewals are due this long before the last second of a period: the default, by the clock of the budget's zone. */
const LEAD = { days: 1 };

/** What is due within this time from the beginning happens in the course of the story. */
export const STORY_LENGTH = { seconds: 15 };

/** The whole story, told from now on. Every due time is real, and a few seconds ahead. */
export function tellStory(now: Temporal.Instant): Chapter[] {
  return [
    monthly(now, 4000),
    yearlyThroughClockChanges(now, 5000),
    startedOnThe31st(now, 6000),
    duplicated(now, 7000),
    behind(now),
    deactivated(now, 9000),
    deactivatedFirst(now, 9000),
    invalid(),
  ];
}

function monthly(now: Temporal.Instant, dueInMs: number): Chapter {
  const end = endDueIn(now, dueInMs);
  const start = end.toZonedDateTimeISO(UTC).subtract({ months: 1 });
  return chapter('Groceries, monthly', {
    body: { strategy: 'monthly', start_date: start.toInstant().toString(), end_date: lastInstant(end) },
    expected: `renewed once, then to ${nextBoundary(end, start.day, UTC).toString()}`,
  });
}

/** No end date: it is for the service to compute it, in the zone, through a summer and a winter time. */
function yearlyThroughClockChanges(now: Temporal.Instant, dueInMs: number): Chapter {
  // A clock change takes an hour away or repeats it. The two zones change theirs on different days.
  const end = ['America/New_York', 'Europe/Berlin']
    .map((zone) => endDueIn(now, dueInMs, zone).toZonedDateTimeISO(zone))
    .find((candidate) => isUnchangedByClocks(candidate, dueAfter(now, dueInMs)))!;
  const start = end.subtract({ years: 1 });
  const computed = start.add({ years: 1 });
  return chapter(`Insurance, yearly, ${end.timeZoneId.replace(/.*\//, '').replace('_', ' ')}`, {
    body: {
      strategy: 'yearly',
      time_zone: end.timeZoneId,
      start_date: start.toInstant().toString(),
      // The 29th of February cannot be computed back and forth.
      ...(computed.equals(end) ? {} : { end_date: lastInstant(end.toInstant()) }),
    },
    expected: `renewed once, then to ${end.add({ years: 1 }).toPlainDate().toString()}`,
  });
}

function startedOnThe31st(now: Temporal.Instant, dueInMs: number): Chapter {
  const end = endDueIn(now, dueInMs);
  // At the time of day of the end: no boundary between the two is so near that it is renewed at once, too.
  const start = last31st(now).toZonedDateTime({ timeZone: UTC, plainTime: end.toZonedDateTimeISO(UTC).toPlainTime() });
  return chapter('Rent, since a 31st', {
    body: { strategy: 'monthly', start_date: start.toInstant().toString(), end_date: lastInstant(end) },
    expected: `renewed once, then to ${nextBoundary(end, 31, UTC).toString()}`,
  });
}

function duplicated(now: Temporal.Instant, dueInMs: number): Chapter {
  const end = endDueIn(now, dueInMs);
  const start = end.toZonedDateTimeISO(UTC).subtract({ months: 1 });
  return chapter('Transport, told 10 times', {
    body: { strategy: 'monthly', start_date: start.toInstant().toString(), end_date: lastInstant(end) },
    copies: 10,
    expected: `renewed once, then to ${nextBoundary(end, start.day, UTC).toString()}`,
  });
}

/** Its publisher was down for three months: it is caught up one period after the other. */
function behind(now: Temporal.Instant): Chapter {
  const firstOfMonth = now.toZonedDateTimeISO(UTC).with({ day: 1 }).startOfDay();
  const start = firstOfMonth.subtract({ months: 3 });
  const presentDue = firstOfMonth.add({ months: 1 }).subtract({ seconds: 1 }).subtract(LEAD);
  // On the last day of a month the renewal of the present one is due as well.
  const caughtUp = Temporal.Instant.compare(presentDue.toInstant(), now.add(STORY_LENGTH)) > 0 ? 3 : 4;
  return chapter('Savings, 3 months behind', {
    body: { strategy: 'monthly', start_date: start.toInstant().toString() },
    expected: `renewed ${caughtUp} times, then to ${start
      .add({ months: caughtUp + 1 })
      .toPlainDate()
      .toString()}`,
  });
}

function deactivated(now: Temporal.Instant, dueInMs: number): Chapter {
  const end = endDueIn(now, dueInMs);
  const start = end.toZonedDateTimeISO(UTC).subtract({ months: 1 });
  const created = chapter('Gym, given up in time', {
    body: { strategy: 'monthly', start_date: start.toInstant().toString(), end_date: lastInstant(end) },
    expected: 'not renewed, cancelled',
  });
  return { ...created, publications: [...created.publications, deactivation(now, created.budgetId, 3000)] };
}

function deactivatedFirst(now: Temporal.Instant, dueInMs: number): Chapter {
  const end = endDueIn(now, dueInMs);
  const start = end.toZonedDateTimeISO(UTC).subtract({ months: 1 });
  const created = chapter('Club, given up before told of', {
    body: { strategy: 'monthly', start_date: start.toInstant().toString(), end_date: lastInstant(end) },
    afterMs: 2000,
    expected: 'not renewed, cancelled',
  });
  return { ...created, publications: [deactivation(now, created.budgetId, 0), ...created.publications] };
}

function invalid(): Chapter {
  return chapter('Mistake, limit is no number', {
    body: { strategy: 'monthly', start_date: '2026-01-01T00:00:00Z', total_limit: 'plenty' },
    expected: 'not scheduled, dead letter',
  });
}

interface Draft {
  readonly body: Record<string, unknown>;
  readonly expected: string;
  readonly copies?: number;
  readonly afterMs?: number;
}

function chapter(title: string, { body, expected, copies, afterMs = 0 }: Draft): Chapter {
  const budgetId = randomUUID();
  const created = { budget_id: budgetId, user_id: USER, name: title, total_limit: 50_000, currency: 'EUR', ...body };
  return { title, budgetId, expected, publications: [{ afterMs, event: 'BudgetCreated', body: created, copies }] };
}

function deactivation(now: Temporal.Instant, budgetId: string, afterMs: number): Publication {
  const date = now.toString();
  return { afterMs, event: 'BudgetDeactivated', body: { budget_id: budgetId, user_id: USER, deactivation_date: date } };
}

/** The end of a period whose renewal is due in so many ms, by the calendar and the clock of the zone. */
function endDueIn(now: Temporal.Instant, dueInMs: number, zone = UTC): Temporal.Instant {
  return dueAfter(now, dueInMs).toZonedDateTimeISO(zone).add(LEAD).add({ seconds: 1 }).toInstant();
}

/** The first full second after so many ms: periods begin and end on seconds. */
function dueAfter(now: Temporal.Instant, dueInMs: number): Temporal.Instant {
  return now.add({ milliseconds: dueInMs }).round({ smallestUnit: 'second', roundingMode: 'ceil' });
}

/** Whether the period that ends there is renewed when it is to be, and began a year ago at the same time of day. */
function isUnchangedByClocks(end: Temporal.ZonedDateTime, dueAt: Temporal.Instant): boolean {
  const start = end.subtract({ years: 1 });
  return (
    end.subtract({ seconds: 1 }).subtract(LEAD).toInstant().equals(dueAt) &&
    start.toPlainTime().equals(end.toPlainTime())
  );
}

function lastInstant(end: Temporal.Instant): string {
  return end.subtract({ seconds: 1 }).toString();
}

/** The first day after `end` that is the anchor's day of its month, or the last one of a shorter month. */
function nextBoundary(end: Temporal.Instant, anchorDay: number, zone: string): Temporal.PlainDate {
  const from = end.toZonedDateTimeISO(zone).toPlainDate();
  const months = [0, 1].map((n) => from.with({ day: 1 }).add({ months: n }));
  const boundaries = months.map((month) => month.with({ day: Math.min(anchorDay, month.daysInMonth) }));
  return boundaries.find((date) => Temporal.PlainDate.compare(date, from) > 0)!;
}

function last31st(now: Temporal.Instant): Temporal.PlainDate {
  const today = now.toZonedDateTimeISO(UTC).toPlainDate();
  const months = [1, 2].map((n) => today.with({ day: 1 }).subtract({ months: n }));
  return months.find(({ daysInMonth }) => daysInMonth === 31)!.with({ day: 31 });
}
