import { describe, expect, it } from 'vitest';
import { NoServersError, startServers } from './index';

describe('starting servers where there are none', () => {
  it('names the ways to get some', async () => {
    const error: unknown = await startServers({ env: {}, sources: [], onProgress: () => {} }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(NoServersError);
    const { message } = error as NoServersError;
    expect(message).toContain('No RabbitMQ, PostgreSQL, Redis for this run');
    expect(message).toContain('BUDGETBUDDY_RABBITMQ_URL, BUDGETBUDDY_POSTGRES_URL, BUDGETBUDDY_REDIS_URL');
    expect(message).toContain('apt-get install rabbitmq-server postgresql redis-server');
    expect(message).toContain('Docker');
  });

  it('does not start anything for who has given up already', async () => {
    const signal = AbortSignal.abort(new Error('changed my mind'));
    await expect(startServers({ env: {}, signal, onProgress: () => {} })).rejects.toThrow('changed my mind');
  });

  it('leaves no listeners at this process', async () => {
    const count = () => ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP'].map((event) => process.listenerCount(event));
    const before = count();
    await startServers({ env: {}, sources: [], onProgress: () => {} }).catch(() => {});
    expect(count()).toEqual(before);
  });
});
