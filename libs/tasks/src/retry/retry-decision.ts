import { PermanentTaskError } from '../task/permanent-task-error';
import type { RetryDelay } from './retry-delay';

/** What becomes of a task whose attempt failed. */
export type RetryDecision =
  { readonly retry: true; readonly delayMs: number } | { readonly retry: false; readonly why: string };

/** How often a task is tried again, and after how long. */
export interface RetryPolicy {
  readonly maxRetries: number;
  readonly retryDelay: RetryDelay;
}

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
  if (!Number.isFinite(delayMs) || delayMs < 0) return { retry: false, why: `its retry delay is ${delayMs} ms` };
  return { retry: true, delayMs };
}
