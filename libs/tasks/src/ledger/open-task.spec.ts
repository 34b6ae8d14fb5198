import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { expect, it } from 'vitest';
import { OpenTask } from './open-task';

const openTask = (due: string) => new OpenTask('k', 't', 'q', 1, due);

it.each([
  ['2027-01-30 23:59:59+00', '2027-01-30T23:59:59Z'],
  ['2027-01-30 23:59:59.1+00', '2027-01-30T23:59:59.1Z'],
  ['2027-01-30 23:59:59.123+00', '2027-01-30T23:59:59.123Z'],
  ['2027-01-30 23:59:59.999999+00', '2027-01-30T23:59:59.999999Z'],
  ['1969-12-31 23:59:59.999999+00', '1969-12-31T23:59:59.999999Z'],
  ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00Z'],
  ['2027-01-31 05:44:59.5+05:45', '2027-01-30T23:59:59.5Z'],
])('reads %s as it is, and in ms', (due, instant) => {
  const task = openTask(due);
  expect(task.dueAt.toString()).toBe(instant);
  expect(task.dueAtMs).toBe(Temporal.Instant.from(instant).epochMilliseconds);
});

it('has the ms of its instant, whatever that is', () => {
  const microseconds = fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n });
  fc.assert(
    fc.property(microseconds, (us) => {
      const instant = Temporal.Instant.fromEpochNanoseconds(us * 1_000n);
      const text = instant.toString().replace('T', ' ').replace('Z', '+00');
      expect(openTask(text).dueAtMs).toBe(instant.epochMilliseconds);
    }),
  );
});

it.each(['infinity', '-infinity', '10000-01-01 00:00:00+00', '0044-03-15 12:00:00+00 BC'])(
  'throws where %s is no instant',
  (due) => {
    expect(() => openTask(due)).toThrow(RangeError);
  },
);
