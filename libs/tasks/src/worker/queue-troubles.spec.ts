import { EventEmitter } from 'node:events';
import type { Queue } from 'bull';
import { expect, it } from 'vitest';
import { QueueTroubles } from './queue-troubles';

const missing = (id: number) => new Error(`Missing key for job renew-budget-${id}-1 delayed`);

it('a trouble with Redis is news once, whichever job it is about, until Redis is connected anew', () => {
  const client = new EventEmitter();
  const troubles = new QueueTroubles({ client } as unknown as Queue);
  const news = () => Array.from({ length: 100 }, (_, id) => troubles.isNews(missing(id))).filter(Boolean);
  expect(news()).toHaveLength(1);
  expect(troubles.isNews(new Error('write EPIPE'))).toBe(true);
  expect(news()).toHaveLength(0);
  client.emit('ready');
  expect(news()).toHaveLength(1);
  expect(client.listenerCount('ready')).toBe(1);
});
