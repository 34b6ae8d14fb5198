import { IsIn } from 'class-validator';
import { parseText } from '../configuration/parsers';
import { Variable } from '../configuration/variable';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const FORMATS = ['json', 'pretty'] as const;

/** How much is logged, and for whom. */
export class LoggingConfiguration {
  @Variable('BUDGETBUDDY_LOG_LEVEL', {
    description: `Least severe level that is logged: ${LEVELS.join(', ')}.`,
    default: 'info',
    parse: parseText,
  })
  @IsIn(LEVELS)
  level!: (typeof LEVELS)[number];

  @Variable('BUDGETBUDDY_LOG_FORMAT', {
    description: '`json`: one JSON object a line, for machines. `pretty`: coloured lines, for people.',
    default: 'json',
    parse: parseText,
  })
  @IsIn(FORMATS)
  format!: (typeof FORMATS)[number];
}
