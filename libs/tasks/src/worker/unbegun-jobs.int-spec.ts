import { randomUUID } from 'node:crypto';
import { loadConfiguration, RedisConfiguration } from '@budget-buddy/platform';
import Bull from 'bull';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FOLLOW_LEDGER, followLedger } from './follow-ledger';
import { giveBackUnbegun } from './unbegun-jobs';

const { url } = loadConfiguration([RedisConfiguration]).get(RedisConfiguration);
let ending: Bull.Queue;
let other: Bull.Queue;

beforeEach(() => {
  const prefix = `test-${randomUUID()}`;
  const open = () =>
    new Bull('queue', url, {
      prefix,
      settings: { backoffStrategies: { [FOLLOW_LEDGER]: followLedger } },
      defaultJobOptions: { attempts: Number.MAX_SAFE_INTEGER, backoff: { type: FOLLOW_LEDGER } },
    });
  [ending, other] = [open(), open()];
});
afterEach(async () => {
  await ending.obliterate({ force: true });
  await Promise.all([ending, other].map((queue) => queue.close()));
});

describe('giving back what was fetched and not begun', () => {
  it('lets any other worker have it at once, and leaves alone what others run', async () => {
    const [theirs, ours] = [await ending.add({}), await ending.add({})];
    expect((await other.getNextJob())?.id).toBe(theirs.id);
    expect((await ending.getNextJob())?.id).toBe(ours.id);

    await giveBackUnbegun(ending);
    expect(await ours.getState()).toBe('delayed');
    expect(await ending.client.exists(ours.lockKey())).toBe(0);
    expect((await ending.getActive()).map(({ id, attemptsMade }) => ({ id, attemptsMade }))).toEqual([
      { id: theirs.id, attemptsMade: 0 },
    ]);
  });
});
