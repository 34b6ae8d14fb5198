import { instanceToPlain, plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { IsInstant } from './is-instant';

class Meeting {
  @IsInstant()
  at!: Temporal.Instant;
}

const meetingAt = (at: unknown) => plainToInstance(Meeting, { at });

describe('IsInstant', () => {
  it.each([
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'],
    ['2026-01-01T00:00:00+00:00', '2026-01-01T00:00:00Z'],
    ['2026-01-01T02:30:00.123456+02:30', '2026-01-01T00:00:00.123456Z'],
    ['2026-01-01T00:00-0100', '2026-01-01T01:00:00Z'],
    ['2200-12-31T23:59:59Z', '2200-12-31T23:59:59Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59Z'],
  ])('reads %s as %s', (text, instant) => {
    const meeting = meetingAt(text);
    expect(validateSync(meeting)).toEqual([]);
    expect(meeting.at).toBeInstanceOf(Temporal.Instant);
    expect(meeting.at.toString()).toBe(instant);
  });

  it.each([
    '2026-01-01T00:00:00',
    '2026-01-01',
    '2026-02-30T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T24:30:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T00:00:00Z[Europe/Berlin]',
    '1969-12-31T23:59:59Z',
    '2201-01-01T00:00:00Z',
    '+020260-01-01T00:00:00Z',
    ' 2026-01-01T00:00:00Z',
    'tomorrow',
    '',
    1767225600,
    null,
    undefined,
    {},
    ['2026-01-01T00:00:00Z'],
  ])('refuses %j and keeps it to be shown', (value) => {
    const meeting = meetingAt(value);
    const [violation] = validateSync(meeting);
    expect(violation?.constraints).toEqual({
      isInstant: expect.stringMatching(/^at must be an ISO 8601 date and time/),
    });
    expect(violation?.value).toEqual(value);
  });

  it('is written as the same instant', () => {
    expect(instanceToPlain(meetingAt('2026-01-01T02:00:00+02:00'))).toEqual({ at: '2026-01-01T00:00:00Z' });
  });

  it('takes an instant as it is', () => {
    const at = Temporal.Instant.from('2026-01-01T00:00:00Z');
    expect(validateSync(Object.assign(new Meeting(), { at }))).toEqual([]);
  });
});
