import type { DeadLetter } from '@budget-buddy/events';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { type FilterWords, readFilter } from './filter';

const LETTER = {
  id: '0a1b2c3d4e5f',
  event: 'PotBurnt',
  reason: 'exhausted',
  deadLetteredAt: Temporal.Instant.from('2026-11-22T10:00:00Z'),
} as DeadLetter;

const UNDATED = { ...LETTER, deadLetteredAt: undefined };

describe('a filter', () => {
  it.each<[boolean, FilterWords]>([
    [true, {}],
    [true, { id: '0a1b' }],
    [false, { id: '1b2c' }],
    [true, { reason: 'exhausted' }],
    [false, { reason: 'invalid' }],
    [false, { event: 'PotOpened' }],
    [true, { since: '2026-11-22T10:00:00Z' }],
    [false, { since: '2026-11-22T10:00:00.001Z' }],
    [true, { until: '2026-11-22T12:00:01+02:00' }],
    [false, { until: '2026-11-22T10:00:00Z' }],
    [true, { id: '0', reason: 'exhausted', event: 'PotBurnt', since: '2026-11-22T00:00Z', until: '2026-11-23T00:00Z' }],
    [false, { id: '0', reason: 'exhausted', event: 'PotBurnt', since: '2026-11-23T00:00Z' }],
  ])('holds: %s, for %j', (holds, words) => {
    expect(readFilter(words)(LETTER)).toBe(holds);
  });

  it('of times holds for none that has no time', () => {
    expect(readFilter({ since: '1970-01-01T00:00Z' })(UNDATED)).toBe(false);
    expect(readFilter({ until: '2100-01-01T00:00Z' })(UNDATED)).toBe(false);
    expect(readFilter({})(UNDATED)).toBe(true);
  });

  it('refuses words that no dead letter can answer to', () => {
    expect(() => readFilter({ reason: 'exausted' })).toThrow(
      /^--reason is "exausted", expected one of invalid, .*exhausted, delivery-limit, .*unknown$/,
    );
    expect(() => readFilter({ since: 'yesterday' })).toThrow(/^--since is "yesterday", expected a time such as/);
    expect(() => readFilter({ until: '2026-11-22' })).toThrow(/^--until is "2026-11-22", expected a time such as/);
  });
});
