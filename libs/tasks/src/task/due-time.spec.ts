import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { dueTime, InvalidDueTimeError } from './due-time';

const now = Temporal.Instant.from('2026-11-22T10:00:00Z');
const at = (text: string) => Temporal.Instant.from(text);

describe('dueTime', () => {
  it('is the eta, also one in the past', () => {
    expect(dueTime({ eta: at('2020-01-01T00:00:00Z') }, now).toString()).toBe('2020-01-01T00:00:00Z');
  });

  it('is a countdown from now', () => {
    expect(dueTime({ countdown: 'P1DT30S' }, now).toString()).toBe('2026-11-23T10:00:30Z');
  });

  it('is never before what was asked: parts of a ms are rounded up', () => {
    expect(dueTime({ eta: at('2026-01-01T00:00:00.000001Z') }, now).toString()).toBe('2026-01-01T00:00:00.001Z');
  });

  it('is never before the end of a countdown, to the ms', () => {
    expect(dueTime({ countdown: 'PT0.0005S' }, now).since(now).total('milliseconds')).toBe(1);
    expect(dueTime({ countdown: { seconds: 1, microseconds: 1 } as never }, now).since(now).milliseconds).toBe(1);
  });

  it.each(['-PT1S', 'P1M', 'soon'])('refuses a countdown of %s', (countdown) => {
    expect(() => dueTime({ countdown }, now)).toThrow(InvalidDueTimeError);
  });

  it.each(['0001-01-01T00:00:00Z', '9999-01-01T00:00:00Z'])('refuses the absurd %s', (eta) => {
    expect(() => dueTime({ eta: at(eta) }, now)).toThrow(/expected a time from 1969 to 2201/);
  });
});
