import { IsInt, IsUrl, Max, Min } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { durationBetween } from '../configuration/parsers';
import { Variable } from '../configuration/variable';
import type { TlsFiles } from '../tls/tls-files';
import { TlsVariable } from '../tls/tls-variable';
import { asksForTls, checkPostgresUrl } from './postgres-url';

const usesTls = {
  test: ({ url }: PostgresConfiguration) => url === undefined || asksForTls(url),
  hint: 'BUDGETBUDDY_POSTGRES_URL with ?sslmode=verify-full',
};

/** PostgreSQL: the truth. */
export class PostgresConfiguration implements TlsFiles {
  @Variable('BUDGETBUDDY_POSTGRES_URL', {
    description:
      'PostgreSQL, where tasks, budgets and events to publish are kept: ' +
      '`postgres://user:password@host:port/database`, with `?sslmode=verify-full` for TLS.',
    default: 'postgres://budgetbuddy:budgetbuddy@postgres:5432/budgetbuddy',
    parse: checkPostgresUrl,
  })
  @IsUrl(
    { protocols: ['postgres', 'postgresql'], require_protocol: true, require_tld: false, allow_underscores: true },
    { message: '$property must be a URL such as postgres://user:password@host:5432/database' },
  )
  url!: string;

  @TlsVariable<PostgresConfiguration>('BUDGETBUDDY_POSTGRES_TLS_CA', usesTls)
  tlsCa?: string;

  @TlsVariable<PostgresConfiguration>('BUDGETBUDDY_POSTGRES_TLS_CERT', usesTls)
  tlsCert?: string;

  @TlsVariable<PostgresConfiguration>('BUDGETBUDDY_POSTGRES_TLS_KEY', usesTls)
  tlsKey?: string;

  @Variable('BUDGETBUDDY_POSTGRES_POOL_SIZE', {
    description:
      'Most connections a process opens to PostgreSQL, 3 or more. A running task holds one, unless it shares it.',
    default: '24',
  })
  @IsInt()
  // The lock of the reconciler holds one, a task another; the outbox and health must get through beside them.
  @Min(3)
  @Max(1000)
  poolSize!: number;

  @Variable('BUDGETBUDDY_POSTGRES_STATEMENT_TIMEOUT', {
    description:
      'Longest time one SQL statement may take (also: how long an answer is waited for from a server that is frozen or ' +
      'cut off). `PT0S`: no limit.',
    default: 'PT10S',
    parse: durationBetween('PT0S', 'P1D'),
  })
  statementTimeout!: Temporal.Duration;

  @Variable('BUDGETBUDDY_POSTGRES_IDLE_TRANSACTION_TIMEOUT', {
    description:
      'How long PostgreSQL waits for the next statement of an open transaction: so long does a process that is frozen ' +
      'keep the tasks that it was running from the others. A task whose handler waits longer for anything but ' +
      'PostgreSQL is run again and again.',
    default: 'PT60S',
    parse: durationBetween('PT1S', 'PT1H'),
  })
  idleTransactionTimeout!: Temporal.Duration;
}
