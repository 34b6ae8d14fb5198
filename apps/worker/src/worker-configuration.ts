import { Variable } from '@budget-buddy/platform';
import { IsInt, Max, Min } from 'class-validator';

/** Where the worker answers. */
export class WorkerConfiguration {
  @Variable('BUDGETBUDDY_WORKER_PORT', {
    description: "Port of the worker's health endpoints. 0: any free one, for several workers on a machine.",
    default: '3002',
  })
  @IsInt()
  @Min(0)
  @Max(65535)
  port!: number;
}
