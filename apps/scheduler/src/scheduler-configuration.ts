import { Variable } from '@budget-buddy/platform';
import { IsInt, Max, Min } from 'class-validator';

/** Where the scheduler answers. */
export class SchedulerConfiguration {
  @Variable('BUDGETBUDDY_SCHEDULER_PORT', {
    description: "Port of the scheduler's health endpoints. 0: any free one.",
    default: '3001',
  })
  @IsInt()
  @Min(0)
  @Max(65535)
  port!: number;
}
