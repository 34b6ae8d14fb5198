import { DatabaseUnavailableError } from '@budget-buddy/platform';
import { describe, expect, it } from 'vitest';
import { InvalidEventError } from '../event/invalid-event-error';
import { OversizedEventError } from '../event/oversized-event-error';
import { PermanentEventError } from '../event/permanent-event-error';
import { UnreadableHeadersError } from '../event/unreadable-headers-error';
import { decideOnFailure } from './failure-policy';
import { UnknownEventError } from './unknown-event-error';

const delays = [10, 20];

describe('what becomes of a failed message', () => {
  it('waits longer each time, and is given up after the last delay', () => {
    const decisions = [0, 1, 2, 3].map((failures) => decideOnFailure(new Error('no'), failures, delays));
    expect(decisions).toEqual([
      { kind: 'retry', delayMs: 10 },
      { kind: 'retry', delayMs: 20 },
      { kind: 'dead-letter', reason: 'exhausted' },
      { kind: 'dead-letter', reason: 'exhausted' },
    ]);
  });

  it('is a dead letter at once when no further try can help', () => {
    const reasons = [
      new InvalidEventError('X', []),
      new OversizedEventError(2, 1),
      new UnreadableHeadersError(),
      new UnknownEventError('X', undefined, []),
      new (class extends PermanentEventError {})('no'),
    ].map((error) => decideOnFailure(error, 0, delays));
    expect(reasons).toEqual(
      ['invalid', 'oversized', 'unreadable-headers', 'unknown-event', 'permanent'].map((reason) => ({
        kind: 'dead-letter',
        reason,
      })),
    );
  });

  it('is parked, however often it failed, when only the database was away', () => {
    const away = new DatabaseUnavailableError(new Error('ECONNREFUSED'));
    expect(decideOnFailure(away, 99, delays)).toEqual({ kind: 'park' });
    expect(decideOnFailure(Object.assign(new Error('deadlock'), { code: '40P01' }), 0, delays)).toEqual({
      kind: 'park',
    });
  });

  it('counts for a failure when what is thrown is no error at all', () => {
    expect(decideOnFailure('no', 0, delays)).toEqual({ kind: 'retry', delayMs: 10 });
    expect(decideOnFailure(undefined, 2, delays)).toEqual({ kind: 'dead-letter', reason: 'exhausted' });
  });
});
