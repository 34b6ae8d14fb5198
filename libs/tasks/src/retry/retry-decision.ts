import { PermanentTaskError } from '../task/permanent-task-error';
import type { RetryDelay } from './retry-delay';

/** What becomes of a task whose attempt failed; the delay is in whole ms. */
export type RetryDecision =
  { readonly retry: true; readonly delayMs: number } | { readonly retry: false; readonly why: string };

/** How often a task is tried again, and after how long. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly retryDelay: RetryDelay;
}

/** Longer is a mistake: an attempt would wait for ever, or for a day that no calendar has. */
const LONGEST_DELAY_MS = 366 * 24 * 60 * 60 * 1000;

/**
 * Error and history in, decision out: no clock, no side effect.
 * @param attempt the attempt that failed, 1 for the first.
 */
export function decideRetry(error: unknown, attempt: number, policy: RetryPolicy): RetryDecision {
  if (error instanceof PermanentTaskError) return { retry: false, why: 'the error is permanent' };
  const retries = attempt - 1;
  if (retries >= policy.maxRetries) return { retry: false, why: `all ${policy.maxRetries} retries are spent` };
  const delayMs = policy.retryDelay(retries, error);
  // Bull runs a job at once for NaN or a negative delay, and never for Infinity.
  if (!(delayMs >= 0 && delayMs <= LONGEST_DELAY_MS)) {
    return { retry: false, why: `its retry delay is ${delayMs} ms, expected 0 to ${LONGEST_DELAY_MS}` };
  }
  return { retry: true, delayMs: Math.ceil(delayMs) };
}
