import { IsNotEmpty, IsUrl, Matches } from 'class-validator';
import { Variable } from '../configuration/variable';

/** Redis: the timers. */
export class RedisConfiguration {
  @Variable('BUDGETBUDDY_REDIS_URL', {
    description:
      'Redis, where Bull keeps the timers: `redis://[user:password@]host:port/database`, `rediss://` for TLS.',
    default: 'redis://redis:6379/0',
  })
  @IsUrl(
    { protocols: ['redis', 'rediss'], require_protocol: true, require_tld: false, allow_underscores: true },
    { message: '$property must be a URL such as redis://redis:6379/0' },
  )
  url!: string;

  @Variable('BUDGETBUDDY_REDIS_PREFIX', {
    description: 'What the names of all keys in Redis begin with. On Redis Cluster put it in braces: `{budgetbuddy}`.',
    default: 'budgetbuddy',
  })
  @IsNotEmpty()
  @Matches(/^[^\s:]+$/, { message: '$property must be a name without colons or white space' })
  prefix!: string;
}
