import { Temporal } from 'temporal-polyfill';

/** How long to wait before the next try, in ms. `retries` is how many retries there were: 0 after the first failure. */
export type RetryDelay = (retries: number, error: unknown) => number;

type Duration = Temporal.Duration | string;

/** `unit`, 2 x `unit`, 3 x `unit`, …: what the Celery task did (`60 * (self.request.retries + 1)`). */
export function increasing(unit: Duration): RetryDelay {
  const unitMs = toMs(unit);
  return (retries) => unitMs * (retries + 1);
}

/** The same wait before each retry. */
export function fixed(delay: Duration): RetryDelay {
  const delayMs = toMs(delay);
  return () => delayMs;
}

/** `first`, 2 x, 4 x, …, never more than `most`. */
export function exponential(first: Duration, most: Duration): RetryDelay {
  const [firstMs, mostMs] = [toMs(first), toMs(most)];
  return (retries) => Math.min(mostMs, firstMs * 2 ** retries);
}

/** Another delay for some errors, e.g. `perError(increasing('PT60S'), [RateLimited, fixed('PT10M')])`. */
export function perError(
  otherwise: RetryDelay,
  ...cases: readonly (readonly [new (...args: never[]) => Error, RetryDelay])[]
): RetryDelay {
  return (retries, error) => {
    const [, delay] = cases.find(([type]) => error instanceof type) ?? [undefined, otherwise];
    return delay(retries, error);
  };
}

function toMs(duration: Duration): number {
  const ms = Temporal.Duration.from(duration).total('milliseconds');
  if (ms < 0) throw new RangeError(`a retry delay is ${String(duration)}, expected a duration of 0 or more`);
  return ms;
}
