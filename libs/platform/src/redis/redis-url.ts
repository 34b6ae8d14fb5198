/** A Redis server, or a Sentinel. */
export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

/** Which Redis a URL names. */
export interface RedisAddress {
  /** `single`: one server. `sentinel`: the hosts know where the master is. `cluster`: the hosts are some of its nodes. */
  readonly mode: 'single' | 'sentinel' | 'cluster';
  readonly hosts: readonly [RedisHost, ...RedisHost[]];
  readonly tls: boolean;
  readonly username?: string;
  readonly password?: string;
  readonly database: number;
  /** What the Sentinels call the master. */
  readonly master?: string;
}

const EXPECTED =
  'a URL such as redis://user:password@host:6379/0, redis+sentinel://host:26379,host:26379/master/0 or ' +
  'redis+cluster://host:6379,host:6379 (rediss… for TLS)';

const REDIS_URL =
  /^redis(?<tls>s?)(?:\+(?<mode>sentinel|cluster))?:\/\/(?:(?<user>[^:/]*)(?::(?<password>.*))?@)?(?<hosts>[^/?#@]+)(?<path>[^?#]*)$/;
const HOST = /^(?<host>\[[\da-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i;
const PATHS = {
  single: /^(?:\/(?<database>\d*))?$/,
  sentinel: /^\/(?<master>[^/]+)(?:\/(?<database>\d*))?$/,
  cluster: /^\/?$/,
};
const DEFAULT_PORTS = { single: 6379, sentinel: 26379, cluster: 6379 };

/**
 * Reads `redis://[user:password@]host:port/database`, `redis+sentinel://[…]host:port,…/master/database` and
 * `redis+cluster://[…]host:port,…`; with `rediss` all connections are encrypted.
 * @throws Error whose message says what was expected.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const { tls, mode = 'single', user, password, hosts, path } = groupsOf(REDIS_URL, text);
  const kind = mode as RedisAddress['mode'];
  const { database, master } = groupsOf(PATHS[kind], path ?? '');
  const [first, ...others] = (hosts ?? '').split(',').map((host) => parseHost(host.trim(), DEFAULT_PORTS[kind]));
  if (!first || (kind === 'single' && others.length > 0)) throw new Error(EXPECTED);
  return {
    mode: kind,
    hosts: [first, ...others],
    tls: tls === 's',
    ...(user && { username: decoded(user) }),
    ...(password !== undefined && { password: decoded(password) }),
    database: Number(database ?? 0),
    ...(master !== undefined && { master: decoded(master) }),
  };
}

function parseHost(text: string, defaultPort: number): RedisHost {
  const { host, port = String(defaultPort) } = groupsOf(HOST, text);
  if (Number(port) < 1 || Number(port) > 65_535) throw new Error(EXPECTED);
  return { host: host!.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function groupsOf(pattern: RegExp, text: string): Partial<Record<string, string>> {
  const match = pattern.exec(text);
  if (!match) throw new Error(EXPECTED);
  return match.groups ?? {};
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(EXPECTED);
  }
}
