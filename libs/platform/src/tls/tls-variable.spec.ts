import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfiguration } from '../configuration/load-configuration';
import { PostgresConfiguration } from '../postgres/postgres-configuration';
import { RabbitConfiguration } from '../rabbit/rabbit-configuration';
import { RedisConfiguration } from '../redis/redis-configuration';
import { tlsOptions } from './tls-files';

const certificate = rootCertificates[0]!;
const key = generateKeyPairSync('ec', {
  namedCurve: 'prime256v1',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey;

let folder: string;
const file = (name: string) => join(folder, name);
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-variable-'));
  writeFileSync(file('ca.pem'), certificate);
  writeFileSync(file('key.pem'), key);
  writeFileSync(file('none.pem'), 'no certificate');
});
afterAll(() => rmSync(folder, { recursive: true }));

const redis = (env: Record<string, string>) => loadConfiguration([RedisConfiguration], env).get(RedisConfiguration);
const TLS = { BUDGETBUDDY_REDIS_URL: 'rediss://redis' };

describe('the files of TLS', () => {
  it('are read, and given to the client as they are', () => {
    const env = {
      ...TLS,
      BUDGETBUDDY_REDIS_TLS_CA: file('ca.pem'),
      BUDGETBUDDY_REDIS_TLS_CERT: file('ca.pem'),
      BUDGETBUDDY_REDIS_TLS_KEY: file('key.pem'),
    };
    expect(tlsOptions(redis(env))).toEqual({ ca: certificate, cert: certificate, key });
    expect(tlsOptions(redis(TLS))).toEqual({});
  });

  it.each([
    ['that is not there', { ...TLS, BUDGETBUDDY_REDIS_TLS_CA: '/nowhere.pem' }, /TLS_CA is "\/nowhere.pem".*ENOENT/],
    [
      'that holds no certificate',
      () => ({ ...TLS, BUDGETBUDDY_REDIS_TLS_CA: file('none.pem') }),
      /certificates in PEM/,
    ],
    ['that holds no key', () => ({ ...TLS, BUDGETBUDDY_REDIS_TLS_KEY: file('ca.pem') }), /an unencrypted key in PEM/],
    [
      'without its key',
      () => ({ ...TLS, BUDGETBUDDY_REDIS_TLS_CERT: file('ca.pem') }),
      /TLS_KEY .*must be set, because/,
    ],
    ['without TLS', () => ({ BUDGETBUDDY_REDIS_TLS_CA: file('ca.pem') }), /REDIS_TLS_CA .*needs a URL.*rediss:/],
  ])('keep an app from starting with one %s', (_, env, message) => {
    expect(() => redis(typeof env === 'function' ? env() : env)).toThrow(message);
  });

  it('need TLS on every node of RabbitMQ', () => {
    const load = (url: string) =>
      loadConfiguration([RabbitConfiguration], {
        BUDGETBUDDY_RABBITMQ_URL: url,
        BUDGETBUDDY_RABBITMQ_TLS_CA: file('ca.pem'),
      });
    expect(() => load('amqps://a,amqp://b')).toThrow('amqps:// for all nodes');
    expect(load('amqps://a,b').get(RabbitConfiguration).tlsCa).toBe(certificate);
  });

  it('need a PostgreSQL whose certificate is checked', () => {
    const load = (url: string) =>
      loadConfiguration([PostgresConfiguration], {
        BUDGETBUDDY_POSTGRES_URL: url,
        BUDGETBUDDY_POSTGRES_TLS_CA: file('ca.pem'),
      });
    expect(() => load('postgres://u:p@h/d')).toThrow('?sslmode=verify-full');
    expect(load('postgres://u:p@h/d?sslmode=verify-full').get(PostgresConfiguration).tlsCa).toBe(certificate);
  });
});
