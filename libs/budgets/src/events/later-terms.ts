import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsObject, Matches, ValidateNested } from 'class-validator';
import { IsTimeZone } from '../fields/is-time-zone';
import { MayBeMissing } from '../fields/may-be-missing';
import { BudgetCategory } from './budget-category';
import { StrategyParameters } from './strategy-parameters';

/** What only newer publishers say of a budget. */
export abstract class LaterTerms {
  /** ISO 4217, by its shape: which codes there are changes more often than this service is released. */
  @MayBeMissing()
  @Matches(/^[A-Z]{3}$/, { message: '$property must be an ISO 4217 code, such as EUR' })
  currency?: string;

  /** IANA name. */
  @MayBeMissing()
  @IsTimeZone()
  timeZone?: string;

  @MayBeMissing()
  @IsObject()
  @ValidateNested()
  @Type(() => StrategyParameters)
  strategyParameters?: StrategyParameters;

  // `each` beside ValidateNested, which lets null and nested lists pass.
  @MayBeMissing()
  @IsArray()
  @ArrayMaxSize(5)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => BudgetCategory)
  categories?: BudgetCategory[];
}
