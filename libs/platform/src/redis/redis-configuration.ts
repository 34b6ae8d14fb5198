import { IsNotEmpty, IsOptional, Matches } from 'class-validator';
import { Variable } from '../configuration/variable';
import type { TlsFiles } from '../tls/tls-files';
import { TlsVariable } from '../tls/tls-variable';
import { parseRedisUrl } from './redis-url';

const usesTls = {
  test: ({ url }: RedisConfiguration) => url?.startsWith('rediss') ?? true,
  hint: 'BUDGETBUDDY_REDIS_URL with rediss://, rediss+sentinel:// or rediss+cluster://',
};

/** Redis: the timers. */
export class RedisConfiguration implements TlsFiles {
  @Variable('BUDGETBUDDY_REDIS_URL', {
    description:
      'Redis, where Bull keeps the timers: `redis://[user:password@]host:port/database`; behind Sentinels ' +
      '`redis+sentinel://[user:password@]sentinel:26379,sentinel:26379/master/database`; a cluster ' +
      '`redis+cluster://[user:password@]node:6379,node:6379`. `rediss…` for TLS. See [clusters](clusters.md).',
    default: 'redis://redis:6379/0',
    parse: checked,
  })
  url!: string;

  @Variable('BUDGETBUDDY_REDIS_SENTINEL_PASSWORD', {
    description: 'What the Sentinels want to hear, if they do; the password in the URL is for the servers they watch.',
    secret: true,
  })
  @IsOptional()
  sentinelPassword?: string;

  @TlsVariable<RedisConfiguration>('BUDGETBUDDY_REDIS_TLS_CA', usesTls)
  tlsCa?: string;

  @TlsVariable<RedisConfiguration>('BUDGETBUDDY_REDIS_TLS_CERT', usesTls)
  tlsCert?: string;

  @TlsVariable<RedisConfiguration>('BUDGETBUDDY_REDIS_TLS_KEY', usesTls)
  tlsKey?: string;

  @Variable('BUDGETBUDDY_REDIS_PREFIX', {
    description:
      'What the names of all keys in Redis begin with. On a cluster each queue gets a hash tag of its own made from it, ' +
      'unless it has one: `{budgetbuddy}` puts all queues on one node.',
    default: 'budgetbuddy',
  })
  @IsNotEmpty()
  @Matches(/^[^\s:{}]+$|^[^\s:{}]*\{[^\s:{}]+\}[^\s:{}]*$/, {
    message: '$property must be a name without colons or white space, with braces only as in {name}',
  })
  prefix!: string;
}

function checked(text: string): string {
  parseRedisUrl(text);
  return text;
}
