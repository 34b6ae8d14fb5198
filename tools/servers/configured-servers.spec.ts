import { describe, expect, it } from 'vitest';
import { ConfiguredServersUnreachableError, findConfiguredServers } from './configured-servers';
import { freePort } from './free-port';

describe('configured servers', () => {
  it('are none when no URL is set', async () => {
    expect(await findConfiguredServers({ BUDGETBUDDY_REDIS_URL: '' })).toEqual([]);
  });

  it('fail all in one message when they do not answer, and show no password', async () => {
    const port = await freePort();
    const error: unknown = await findConfiguredServers({
      BUDGETBUDDY_RABBITMQ_URL: `amqp://guest:geheim@127.0.0.1:${port}//`,
      BUDGETBUDDY_POSTGRES_URL: `postgres://postgres:geheim@127.0.0.1:${port}/postgres`,
      BUDGETBUDDY_REDIS_URL: `redis://:geheim@127.0.0.1:${port}`,
    }).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(ConfiguredServersUnreachableError);
    const { message, problems } = error as ConfiguredServersUnreachableError;
    expect(problems.map(({ variable }) => variable)).toEqual([
      'BUDGETBUDDY_RABBITMQ_URL',
      'BUDGETBUDDY_POSTGRES_URL',
      'BUDGETBUDDY_REDIS_URL',
    ]);
    expect(message.match(/ECONNREFUSED/g)).toHaveLength(3);
    expect(message).toContain('unset the variables');
    expect(message).not.toContain('geheim');
  });

  it('fail when a URL cannot be read', async () => {
    const configured = findConfiguredServers({ BUDGETBUDDY_RABBITMQ_URL: 'http://127.0.0.1' });
    await expect(configured).rejects.toThrow('BUDGETBUDDY_RABBITMQ_URL=http://127.0.0.1');
  });
});
