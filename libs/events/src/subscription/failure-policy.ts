import { isTransientDatabaseError } from '@budget-buddy/platform';
import { InvalidEventError } from '../event/invalid-event-error';
import { OversizedEventError } from '../event/oversized-event-error';
import { PermanentEventError } from '../event/permanent-event-error';
import { UnreadableHeadersError } from '../event/unreadable-headers-error';
import { UnknownEventError } from './unknown-event-error';

/** Why this service makes a message a dead letter. */
export const OWN_REASONS = [
  'invalid',
  'oversized',
  'unreadable-headers',
  'unknown-event',
  'permanent',
  'exhausted',
] as const;

export type DeadLetterReason = (typeof OWN_REASONS)[number];

/** What becomes of a message whose handling failed. */
export type FailureDecision =
  | { kind: 'retry'; delayMs: number }
  /** PostgreSQL is away: tried again without counting as a failure. */
  | { kind: 'park' }
  | { kind: 'dead-letter'; reason: DeadLetterReason };

/**
 * The rules of recoverability, in one place and without side effects.
 * @param failures how often the handler had failed before.
 * @param delaysMs how long to wait before each further try.
 */
export function decideOnFailure(error: unknown, failures: number, delaysMs: readonly number[]): FailureDecision {
  if (error instanceof InvalidEventError) return { kind: 'dead-letter', reason: 'invalid' };
  if (error instanceof OversizedEventError) return { kind: 'dead-letter', reason: 'oversized' };
  if (error instanceof UnreadableHeadersError) return { kind: 'dead-letter', reason: 'unreadable-headers' };
  if (error instanceof UnknownEventError) return { kind: 'dead-letter', reason: 'unknown-event' };
  if (error instanceof PermanentEventError) return { kind: 'dead-letter', reason: 'permanent' };
  if (isTransientDatabaseError(error)) return { kind: 'park' };
  const delayMs = delaysMs[failures];
  return delayMs === undefined ? { kind: 'dead-letter', reason: 'exhausted' } : { kind: 'retry', delayMs };
}
