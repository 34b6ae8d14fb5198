import { describe, expect, it } from 'vitest';
import { parseRedisUrl } from './redis-url';

const at = (host: string, port: number) => ({ host, port });

describe('parseRedisUrl', () => {
  it.each([
    ['redis://redis', { mode: 'single', hosts: [at('redis', 6379)], tls: false, database: 0 }],
    ['redis://redis:6380/', { hosts: [at('redis', 6380)], database: 0 }],
    ['redis://:p%40ss@my_redis:1/2', { hosts: [at('my_redis', 1)], password: 'p@ss', database: 2 }],
    ['redis://me:a:b@c@redis/3', { username: 'me', password: 'a:b@c', database: 3 }],
    ['rediss://[::1]:6390', { mode: 'single', hosts: [at('::1', 6390)], tls: true }],
    [
      'redis+sentinel://me:pw@a:1,b, c:3/main/4',
      {
        mode: 'sentinel',
        hosts: [at('a', 1), at('b', 26379), at('c', 3)],
        username: 'me',
        password: 'pw',
        master: 'main',
        database: 4,
        tls: false,
      },
    ],
    ['rediss+sentinel://a/main', { mode: 'sentinel', master: 'main', database: 0, tls: true }],
    ['redis+cluster://a:7000,b', { mode: 'cluster', hosts: [at('a', 7000), at('b', 6379)], database: 0, tls: false }],
    ['rediss+cluster://:pw@a:7000/', { mode: 'cluster', password: 'pw', tls: true }],
  ])('reads %s', (text, address) => {
    expect(parseRedisUrl(text)).toMatchObject(address);
  });

  it.each([
    '',
    'redis',
    'http://redis',
    'redis://',
    'redis:///0',
    'redis://a,b',
    'redis://a:0',
    'redis://a:65536',
    'redis://a:x',
    'redis://a/b',
    'redis://a?family=6',
    'redis://%@a',
    'redis+sentinel://a',
    'redis+sentinel://a/0/x',
    'redis+cluster://a/1',
    'redis+ring://a',
  ])('refuses %j', (text) => {
    expect(() => parseRedisUrl(text)).toThrow(/^a URL such as redis:/);
  });
});
