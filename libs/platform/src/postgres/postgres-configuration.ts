import { IsInt, IsUrl, Max, Min } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { durationBetween } from '../configuration/parsers';
import { Variable } from '../configuration/variable';

/** PostgreSQL: the truth. */
export class PostgresConfiguration {
  @Variable('BUDGETBUDDY_POSTGRES_URL', {
    description:
      'PostgreSQL, where tasks, budgets and events to publish are kept: `postgres://user:password@host:port/database`.',
    default: 'postgres://budgetbuddy:budgetbuddy@postgres:5432/budgetbuddy',
  })
  @IsUrl(
    { protocols: ['postgres', 'postgresql'], require_protocol: true, require_tld: false, allow_underscores: true },
    { message: '$property must be a URL such as postgres://user:password@host:5432/database' },
  )
  url!: string;

  @Variable('BUDGETBUDDY_POSTGRES_POOL_SIZE', {
    description: 'Most connections a process opens to PostgreSQL, 3 or more. A running task holds one.',
    default: '15',
  })
  @IsInt()
  // The lock of the reconciler holds one, a task another; the outbox and health must get through beside them.
  @Min(3)
  @Max(1000)
  poolSize!: number;

  @Variable('BUDGETBUDDY_POSTGRES_STATEMENT_TIMEOUT', {
    description:
      'Longest time one SQL statement may take (also: how long a frozen server is waited for). `PT0S`: no limit.',
    default: 'PT30S',
    parse: durationBetween('PT0S', 'P1D'),
  })
  statementTimeout!: Temporal.Duration;
}
