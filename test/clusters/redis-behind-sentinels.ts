import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@budget-buddy/testing';
import { Redis } from 'ioredis';
import { identify } from '../../tools/servers/connections';
import type { PrivateServer } from '../../tools/servers/private-server';
import { findProgram } from '../../tools/servers/programs';
import type { ServerProgram } from '../../tools/servers/server-program';
import { type ExtraServers, portOf, withArguments } from './extra-servers';

const MASTER = 'budget-buddy';
const PASSWORD = 'of-the-servers';
const SENTINEL_PASSWORD = 'of-the-sentinels';
const QUORUM = 2;
/**
 * How long a Sentinel does without the master before it calls it lost, and for how long it tries one fail-over. A replica
 * that has been cut off for more than ten times the first is none it would ever promote.
 */
const DOWN_AFTER_MS = 2_000;
const FAILOVER_TIMEOUT_MS = 5_000;

/** A Redis master and its replica, watched by three Sentinels, all behind passwords. */
export class RedisBehindSentinels {
  private constructor(
    readonly master: PrivateServer,
    readonly replica: PrivateServer,
    private readonly sentinels: readonly PrivateServer[],
  ) {}

  static async start(servers: ExtraServers): Promise<RedisBehindSentinels> {
    const master = await servers.start(
      withPassword(withArguments(findProgram.redis(), () => authenticated)),
      'redis-master',
    );
    const follows = [...authenticated, '--replicaof', '127.0.0.1', String(portOf(master))];
    const replica = await servers.start(
      withPassword(withArguments(findProgram.redis(), () => follows)),
      'redis-replica',
    );
    await caughtUp(master);
    const program = sentinelProgram(findProgram.redis()!, portOf(master));
    const names = ['sentinel-a', 'sentinel-b', 'sentinel-c'];
    const sentinels = await Promise.all(names.map((name) => servers.start(program, name)));
    await Promise.all(sentinels.map((sentinel) => knowsTheOthers(sentinel)));
    return new RedisBehindSentinels(master, replica, sentinels);
  }

  /** What has an app use it. */
  get environment(): Record<string, string> {
    const hosts = this.sentinels.map((sentinel) => `127.0.0.1:${portOf(sentinel)}`);
    return {
      BUDGETBUDDY_REDIS_URL: `redis+sentinel://:${PASSWORD}@${hosts.join(',')}/${MASTER}/0`,
      BUDGETBUDDY_REDIS_SENTINEL_PASSWORD: SENTINEL_PASSWORD,
    };
  }

  /**
   * Has the replica miss what the master is told from now on: a fail-over loses it. It is let in no more, which Sentinels
   * do not put right; that it followed another master they would, after 8 seconds.
   */
  async cutReplication(): Promise<void> {
    await on(this.replica, (redis) => redis.config('SET', 'masterauth', 'wrong'));
    await on(this.master, (redis) => redis.client('KILL', 'TYPE', 'replica'));
  }
}

const authenticated = ['--requirepass', PASSWORD, '--masterauth', PASSWORD, '--repl-diskless-sync-delay', '0'];

function withPassword(program: ServerProgram | undefined, password = PASSWORD): ServerProgram | undefined {
  if (!program) return undefined;
  const url = ([port]: number[]) => `redis://:${password}@127.0.0.1:${port}`;
  return {
    ...program,
    url,
    async steps(context, pidOf) {
      const [step] = await program.steps(context, pidOf);
      const check = async () => {
        const found = await identify.redis(url(context.ports));
        if (found !== String(pidOf())) throw new Error(`port ${context.ports[0]} is another Redis's`);
      };
      return [{ command: step!.command, check }];
    },
  };
}

/** Sentinel is Redis started in another way, with a file that it writes to. */
function sentinelProgram(redis: ServerProgram, masterPort: number): ServerProgram {
  const program: ServerProgram = {
    ...redis,
    async steps(context, pidOf) {
      const [step] = await redis.steps(context, pidOf);
      const file = join(context.folder, 'sentinel.conf');
      await writeFile(file, sentinelConfiguration(context.ports[0]!, masterPort, context.folder), { flag: 'wx' }).catch(
        () => undefined,
      );
      return [{ ...step!, command: { ...step!.command, args: [file, '--sentinel'] } }];
    },
  };
  return withPassword(program, SENTINEL_PASSWORD)!;
}

function sentinelConfiguration(port: number, masterPort: number, folder: string): string {
  return `bind 127.0.0.1
port ${port}
dir ${folder}
requirepass ${SENTINEL_PASSWORD}
sentinel sentinel-pass ${SENTINEL_PASSWORD}
sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} ${QUORUM}
sentinel auth-pass ${MASTER} ${PASSWORD}
sentinel down-after-milliseconds ${MASTER} ${DOWN_AFTER_MS}
sentinel failover-timeout ${MASTER} ${FAILOVER_TIMEOUT_MS}
`;
}

async function caughtUp(master: PrivateServer): Promise<void> {
  await on(master, (redis) =>
    waitFor(async () => /state=online/.test(await redis.info('replication')), { description: 'the replica to follow' }),
  );
}

async function knowsTheOthers(sentinel: PrivateServer): Promise<void> {
  const ready = async (redis: Redis) => /slaves=1,sentinels=3/.test(await redis.info('sentinel'));
  await on(sentinel, (redis) =>
    waitFor(() => ready(redis), { timeoutMs: 30_000, description: 'the Sentinels to know each other and the replica' }),
  );
}

async function on(server: PrivateServer, work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(server.url);
  redis.on('error', () => undefined);
  try {
    await work(redis);
  } finally {
    redis.disconnect();
  }
}
