import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { BudgetPeriod, InvalidPeriodError } from './budget-period';
import { PeriodAnchor } from './period-anchor';

type Terms = Omit<Parameters<typeof PeriodAnchor.of>[0], 'start'> & { start: string };

/** The first `count` boundaries (start included) as a clock in the budget's zone shows them. */
function boundaries(count: number, { start, ...terms }: Terms): string[] {
  const first = Temporal.ZonedDateTime.from(`${start}[${terms.timeZone}]`).toInstant();
  const anchor = PeriodAnchor.of({ ...terms, start: first });
  const local = (instant: Temporal.Instant) =>
    instant.toZonedDateTimeISO(terms.timeZone).toString({ timeZoneName: 'never', smallestUnit: 'minute' });
  let period = BudgetPeriod.startingAt(first, anchor);
  const seen = [local(period.start), local(period.end)];
  while (seen.length < count) seen.push(local((period = period.next(anchor)).end));
  return seen;
}

const utc = { timeZone: 'UTC' };
const days = (list: string[]) => list.map((boundary) => boundary.slice(0, 10));

describe('the boundaries of a monthly budget', () => {
  it('come back to the 31st after each shorter month', () => {
    expect(days(boundaries(7, { ...utc, strategy: 'monthly', start: '2027-01-31T00:00' }))).toEqual([
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
      '2027-05-31',
      '2027-06-30',
      '2027-07-31',
    ]);
  });

  it('fall on 29 February in a leap year', () => {
    expect(days(boundaries(3, { ...utc, strategy: 'monthly', start: '2028-01-31T00:00' }))).toEqual([
      '2028-01-31',
      '2028-02-29',
      '2028-03-31',
    ]);
  });

  it('begin with a short period when it starts between two boundaries', () => {
    expect(days(boundaries(3, { ...utc, strategy: 'monthly', day: 1, start: '2027-03-15T00:00' }))).toEqual([
      '2027-03-15',
      '2027-04-01',
      '2027-05-01',
    ]);
  });

  it('begin with a whole period when it starts on a boundary that a short month clamped', () => {
    expect(days(boundaries(3, { ...utc, strategy: 'monthly', day: 31, start: '2027-02-28T00:00' }))).toEqual([
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
    ]);
  });

  it('take no notice of a start month', () => {
    const terms: Terms = { ...utc, strategy: 'monthly', month: 7, start: '2027-01-10T00:00' };
    expect(days(boundaries(2, terms))).toEqual(['2027-01-10', '2027-02-10']);
  });
});

describe('the boundaries of a yearly budget', () => {
  it('fall on 28 February in common years and on 29 February in leap years', () => {
    expect(days(boundaries(6, { ...utc, strategy: 'yearly', start: '2024-02-29T00:00' }))).toEqual([
      '2024-02-29',
      '2025-02-28',
      '2026-02-28',
      '2027-02-28',
      '2028-02-29',
      '2029-02-28',
    ]);
  });

  it('begin with a short period when it starts between two boundaries', () => {
    expect(days(boundaries(3, { ...utc, strategy: 'yearly', month: 4, day: 6, start: '2027-01-10T00:00' }))).toEqual([
      '2027-01-10',
      '2027-04-06',
      '2028-04-06',
    ]);
    expect(days(boundaries(2, { ...utc, strategy: 'yearly', month: 4, day: 6, start: '2027-05-10T00:00' }))).toEqual([
      '2027-05-10',
      '2028-04-06',
    ]);
  });
});

describe('the boundaries at a clock change', () => {
  it('keep local midnight through summer and winter time', () => {
    expect(
      boundaries(4, { strategy: 'monthly', timeZone: 'Europe/Berlin', start: '2027-02-28T00:00', day: 28 }),
    ).toEqual(['2027-02-28T00:00+01:00', '2027-03-28T00:00+01:00', '2027-04-28T00:00+02:00', '2027-05-28T00:00+02:00']);
  });

  it('move later where the clock skips the time, and the next one is back (Berlin: 02:30 is 03:30 on 28 March)', () => {
    expect(boundaries(3, { strategy: 'monthly', timeZone: 'Europe/Berlin', start: '2027-02-28T02:30' })).toEqual([
      '2027-02-28T02:30+01:00',
      '2027-03-28T03:30+02:00',
      '2027-04-28T02:30+02:00',
    ]);
  });

  it('take the earlier of two (Berlin: 02:30 in summer time on 31 October)', () => {
    expect(
      boundaries(3, { strategy: 'monthly', timeZone: 'Europe/Berlin', start: '2027-09-30T02:30', day: 31 }),
    ).toEqual(['2027-09-30T02:30+02:00', '2027-10-31T02:30+02:00', '2027-11-30T02:30+01:00']);
  });

  it('leave no second period of an hour when the start is the later of two', () => {
    expect(boundaries(2, { strategy: 'monthly', timeZone: 'Europe/Berlin', start: '2027-10-31T02:30+01:00' })).toEqual([
      '2027-10-31T02:30+01:00',
      '2027-11-30T02:30+01:00',
    ]);
  });

  it('know the half hour of Lord Howe, in both directions', () => {
    expect(boundaries(3, { strategy: 'monthly', timeZone: 'Australia/Lord_Howe', start: '2027-09-03T02:15' })).toEqual([
      '2027-09-03T02:15+10:30',
      '2027-10-03T02:45+11:00',
      '2027-11-03T02:15+11:00',
    ]);
    expect(boundaries(3, { strategy: 'monthly', timeZone: 'Australia/Lord_Howe', start: '2027-03-04T01:45' })).toEqual([
      '2027-03-04T01:45+11:00',
      '2027-04-04T01:45+11:00',
      '2027-05-04T01:45+10:30',
    ]);
  });

  it('move past the day that Samoa left out, and the next one is back', () => {
    expect(boundaries(3, { strategy: 'monthly', timeZone: 'Pacific/Apia', start: '2011-11-30T10:00' })).toEqual([
      '2011-11-30T10:00-10:00',
      '2011-12-31T10:00+14:00',
      '2012-01-30T10:00+14:00',
    ]);
  });

  it('are found in the next month where a zone left out the last day of one (Kiritimati, 31 December 1994)', () => {
    const timeZone = 'Pacific/Kiritimati';
    const at = (local: string) => Temporal.ZonedDateTime.from(`${local}[${timeZone}]`).toInstant();
    const anchor = PeriodAnchor.of({ strategy: 'monthly', timeZone, start: at('1994-10-31T10:00') });
    const end = anchor.firstBoundaryAfter(at('1995-01-01T05:00'));
    expect(end.toZonedDateTimeISO(timeZone).toPlainDateTime().toString()).toBe('1995-01-01T10:00:00');
  });

  it('are at a quarter to, in UTC, for Kathmandu', () => {
    const anchor = PeriodAnchor.of({
      strategy: 'monthly',
      timeZone: 'Asia/Kathmandu',
      start: instant('2027-01-31T18:15:00Z'),
    });
    expect(anchor).toMatchObject({ day: 1 });
    expect(anchor.firstBoundaryAfter(instant('2027-01-31T18:15:00Z')).toString()).toBe('2027-02-28T18:15:00Z');
  });
});

describe('a period on the wire', () => {
  const anchor = PeriodAnchor.of({ ...utc, strategy: 'monthly', start: instant('2027-01-01T00:00:00Z') });

  it('has its last second as end_date', () => {
    const period = BudgetPeriod.onWire(instant('2027-01-01T00:00:00Z'), instant('2027-01-31T23:59:59Z'), anchor);
    expect(period.end.toString()).toBe('2027-02-01T00:00:00Z');
    expect(period.lastInstant.toString()).toBe('2027-01-31T23:59:59Z');
  });

  it.each(['2027-01-31T23:59:59Z', '2027-01-31T23:59:59.000001Z', '2027-01-31T23:59:59.999999Z'])(
    'reads %s as the last second of January',
    (endDate) => {
      const period = BudgetPeriod.onWire(instant('2027-01-01T00:00:00Z'), instant(endDate), anchor);
      expect(period.end.toString()).toBe('2027-02-01T00:00:00Z');
    },
  );

  it('leaves no sliver behind the end_date that Python computed from a start with microseconds', () => {
    const start = instant('2027-01-10T08:15:30.123456Z');
    const fine = PeriodAnchor.of({ ...utc, strategy: 'monthly', start });
    const period = BudgetPeriod.onWire(start, instant('2027-02-10T08:15:29.123456Z'), fine);
    expect(period.end).toEqual(BudgetPeriod.startingAt(start, fine).end);
    expect(period.next(fine).end.toString()).toBe('2027-03-10T08:15:30Z');
  });

  it('keeps an end that is no boundary, and the next one is back on the anchor', () => {
    const period = BudgetPeriod.onWire(instant('2027-01-01T00:00:00Z'), instant('2027-02-14T11:59:59Z'), anchor);
    expect(period.end.toString()).toBe('2027-02-14T12:00:00Z');
    expect(period.next(anchor).start.toString()).toBe('2027-02-14T12:00:00Z');
    expect(period.next(anchor).end.toString()).toBe('2027-03-01T00:00:00Z');
  });

  it('refuses an end that is not after the start', () => {
    const backwards = () =>
      BudgetPeriod.onWire(instant('2027-01-02T00:00:00Z'), instant('2027-01-01T00:00:00Z'), anchor);
    expect(backwards).toThrow(InvalidPeriodError);
    expect(backwards).toThrow('ends at 2027-01-01T00:00:01Z, expected an instant after its start 2027-01-02T00:00:00Z');
  });
});

describe('a renewal', () => {
  const period = new BudgetPeriod(instant('2027-02-28T23:00:00Z'), instant('2027-03-28T22:00:00Z'));
  const dueAt = (leadTime: string, zone: string) =>
    period.dueAt(Temporal.Duration.from(leadTime), zone).toZonedDateTimeISO(zone).toPlainDateTime().toString();

  it('is due a day before the last second by the clock of the budget, also over a day of 23 hours', () => {
    expect(dueAt('P1D', 'Europe/Berlin')).toBe('2027-03-27T23:59:59');
    expect(dueAt('PT24H', 'Europe/Berlin')).toBe('2027-03-27T22:59:59');
  });

  it('is due at the last second without a lead time', () => {
    expect(dueAt('PT0S', 'UTC')).toBe('2027-03-28T21:59:59');
  });
});

function instant(text: string): Temporal.Instant {
  return Temporal.Instant.from(text);
}
