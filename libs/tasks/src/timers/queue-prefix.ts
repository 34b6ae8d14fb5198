import { parseRedisUrl, type RedisConfiguration } from '@budget-buddy/platform';

/**
 * What the names of a queue's keys begin with. Bull changes several keys of a queue at once, which a cluster only does
 * for keys on one node: those with the same text in braces. A configured prefix without braces gets them here, with the
 * queue's name inside, so that the queues of a service spread over the cluster.
 */
export function queuePrefix({ url, prefix }: Pick<RedisConfiguration, 'url' | 'prefix'>, queue: string): string {
  const needsTag = parseRedisUrl(url).mode === 'cluster' && !prefix.includes('{');
  return needsTag ? `{${prefix}:${queue}}` : prefix;
}
