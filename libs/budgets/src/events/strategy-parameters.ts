import { IsInt, Max, Min } from 'class-validator';
import { MayBeMissing } from '../fields/may-be-missing';

/** The day on which a budget starts anew. What is missing is read off its start date. */
export class StrategyParameters {
  /** 1 to 31; in a month that is shorter, its last day. */
  @MayBeMissing()
  @IsInt()
  @Min(1)
  @Max(31)
  startDay?: number;

  /** 1 to 12; means something for yearly budgets only. */
  @MayBeMissing()
  @IsInt()
  @Min(1)
  @Max(12)
  startMonth?: number;
}
