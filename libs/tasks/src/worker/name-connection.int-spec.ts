import { randomUUID } from 'node:crypto';
import { loadConfiguration, openRedis, RedisConfiguration } from '@budget-buddy/platform';
import { waitFor } from '@budget-buddy/testing';
import Bull from 'bull';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { nameConnectionAtLeisure } from './name-connection';

const configuration = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
const proxy = new TcpProxy(new URL(configuration.url));
type Waiting = Bull.Queue & { bclient: ReturnType<typeof openRedis>; setWorkerName(): Promise<unknown> };
let queue: Waiting;

beforeEach(async () => {
  await proxy.open();
  const roleOptions = { maxRetriesPerRequest: null, enableReadyCheck: false };
  queue = new Bull('queue', {
    prefix: `test-${randomUUID()}`,
    createClient: (role) =>
      openRedis({ ...configuration, url: role === 'bclient' ? proxy.url : configuration.url }, roleOptions) as never,
  }) as Waiting;
  await waitFor(() => queue.bclient.status === 'ready', { description: 'the connection that waits' });
});
afterEach(async () => {
  proxy.thaw();
  await queue.close();
  await proxy.cut();
});

/** Names the connection, and closes it before Redis has answered. */
async function closedMeanwhile(): Promise<unknown> {
  proxy.freeze();
  const named = queue.setWorkerName();
  named.catch(() => undefined);
  await waitFor(() => 'commandQueue' in queue.bclient && queue.bclient.commandQueue.length > 0);
  queue.bclient.disconnect();
  return named;
}

it('Bull by itself leaves a rejection to whoever closes the connection', async () => {
  await expect(closedMeanwhile()).rejects.toThrow('Connection is closed');
});

it('a connection that is closed while it is named is nobody’s failure', async () => {
  nameConnectionAtLeisure(queue);
  await expect(closedMeanwhile()).resolves.toBeUndefined();
});
