import { describe, expect, it } from 'vitest';
import { requireSingleServers } from './single-servers';

describe('the servers that tests and measurements are given', () => {
  it.each([
    {},
    {
      BUDGETBUDDY_RABBITMQ_URL: 'amqp://guest:guest@127.0.0.1:5672//',
      BUDGETBUDDY_POSTGRES_URL: 'postgres://postgres@127.0.0.1/postgres?sslmode=disable',
      BUDGETBUDDY_REDIS_URL: 'redis://127.0.0.1/0',
    },
  ])('may be none, or single ones: %o', (env) => expect(() => requireSingleServers(env)).not.toThrow());

  it('are refused where they could not be used, all of them in one message that shows no password', () => {
    const env = {
      BUDGETBUDDY_RABBITMQ_URL: 'amqp://guest:geheim@a,b//',
      BUDGETBUDDY_POSTGRES_URL: 'postgres://postgres:geheim@db/postgres?sslmode=verify-full',
      BUDGETBUDDY_REDIS_URL: 'redis+sentinel://:geheim@a,b/master/0',
    };
    const refusal = errorOf(() => requireSingleServers(env));
    expect(refusal).toMatch(/RABBITMQ_URL=amqp:.*\n.*POSTGRES_URL=postgres:.*\n.*REDIS_URL=redis\+sentinel:/);
    expect(refusal).not.toContain('geheim');
  });

  it.each(['rediss://127.0.0.1', 'redis+cluster://a,b', 'rediss+sentinel://a/master'])('may not be %s', (url) => {
    expect(() => requireSingleServers({ BUDGETBUDDY_REDIS_URL: url })).toThrow(url);
  });
});

function errorOf(action: () => void): string {
  try {
    action();
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
}
