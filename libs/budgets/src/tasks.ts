import type { Type } from '@nestjs/common';
import { RenewBudget } from './renew-budget';

/** All tasks there are: what the scheduler schedules, the worker runs, and a release pipeline checks. Add yours here. */
export const tasks: readonly Type<object>[] = [RenewBudget];
