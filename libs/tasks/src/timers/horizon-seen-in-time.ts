import { type ValidationArguments, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';
import type { Temporal } from 'temporal-polyfill';

/** What the horizon has to do with; undefined where a variable cannot be read, which is told of by itself. */
interface Intervals {
  reconcileInterval?: Temporal.Duration;
  reconcileAllInterval?: Temporal.Duration;
}

/**
 * A task comes within the horizon unseen, and is given its timer by the next comparison of all: with twice their interval
 * it has one a whole interval before it is due, at the least.
 */
@ValidatorConstraint({ name: 'horizonSeenInTime' })
export class HorizonSeenInTime implements ValidatorConstraintInterface {
  validate(horizon: Temporal.Duration, { object }: ValidationArguments): boolean {
    return horizon.total('milliseconds') >= leastMs(object);
  }

  defaultMessage({ object }: ValidationArguments): string {
    const { reconcileInterval, reconcileAllInterval } = object as Intervals;
    return (
      `must be at least twice as long as BUDGETBUDDY_RECONCILE_ALL_INTERVAL (${String(reconcileAllInterval)}) ` +
      `and BUDGETBUDDY_RECONCILE_INTERVAL (${String(reconcileInterval)})`
    );
  }
}

function leastMs({ reconcileInterval, reconcileAllInterval }: Intervals): number {
  const intervals = [reconcileInterval, reconcileAllInterval].map((interval) => interval?.total('milliseconds') ?? 0);
  return 2 * Math.max(...intervals);
}
