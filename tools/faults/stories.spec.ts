import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { expectedOf } from './model';
import { timesOf } from './run-times';
import { Stories } from './stories';

const start = Temporal.Instant.from('2027-05-03T10:00:00Z');
const times = timesOf(60_000);
const end = start.add({ milliseconds: times.untilMs });
const make = (seed: string, count = 300) => new Stories(seed, times, start, [8_000, 20_000]).make(count);

describe('the budgets of a run', () => {
  it('follow from the seed and the time of its start', () => {
    expect(make('1', 50)).toEqual(make('1', 50));
    expect(make('1', 50)).not.toEqual(make('2', 50));
  });

  it('are told of within the run, and in time for their first renewal', () => {
    for (const { kind, publications } of make('1')) {
      for (const { atMs } of publications) {
        expect(atMs, kind).toBeGreaterThanOrEqual(0);
        expect(atMs, kind).toBeLessThanOrEqual(times.untilMs);
      }
    }
  });

  it('are due either within the run or long after it: nothing depends on when the audit looks', () => {
    for (const story of make('1')) {
      const { dueAt } = expectedOf(story, end).at(-1)!;
      if (!story.givenUp) expect(end.until(dueAt).total('hours'), story.kind).toBeGreaterThan(12);
    }
  });

  it('are given up, or moved away, well before they would be renewed', () => {
    const late = make('1').filter(({ kind }) => kind.startsWith('given up') || kind === 'moved away');
    for (const { kind, publications, terms } of late) {
      const ends = [terms.period.end.toString(), ...publications.map(({ body }) => endDateOf(body))];
      const firstDueMs = Math.min(...ends.map((text) => dueMs(text)));
      const settledMs = publications.filter(({ event }) => kind === 'moved away' || event !== 'BudgetCreated');
      expect(firstDueMs - settledMs.at(-1)!.atMs, kind).toBeGreaterThanOrEqual(times.graceMs - 2_000);
    }
  });

  it('are renewed once, twice, several times, or not at all', () => {
    const renewals = make('1').map((story) => [story.kind, expectedOf(story, end).length - 1] as const);
    const of = (kind: string) => new Set(renewals.filter(([each]) => each === kind).map(([, count]) => count));
    expect(of('plain')).toEqual(new Set([1]));
    expect(of('renewed twice')).toEqual(new Set([2]));
    expect(Math.max(...of('catches up'))).toBeGreaterThan(2);
    expect(of('given up')).toEqual(new Set([0]));
    expect(of('moved away')).toEqual(new Set([0]));
    expect(of('due after the run')).toEqual(new Set([0]));
  });
});

function endDateOf(body: unknown): string {
  const { end_date } = body as { end_date?: string };
  return end_date ?? '9999-01-01T00:00:00Z';
}

/** After the start of the run: a day before the end, which is exact enough here. */
function dueMs(endDate: string): number {
  return Temporal.Instant.from(endDate).subtract({ hours: 24 }).epochMilliseconds - start.epochMilliseconds;
}
