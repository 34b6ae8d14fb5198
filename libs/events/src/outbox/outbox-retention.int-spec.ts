import { Retention } from '@budget-buddy/platform';
import { testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { Logger } from '@nestjs/common';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { planOf } from '../../../../test/support/plan-of';
import { eventMigrations } from './migrations';
import { PublishedEvents } from './published-events';

let test: TestDatabase;
beforeAll(async () => {
  Logger.overrideLogger(false);
  test = await testDatabase(eventMigrations);
});
afterAll(() => test?.drop());
beforeEach(async () => {
  await sql`truncate events.outbox restart identity`.execute(test.database.db);
  await sql`update events.retention set held_until = now()`.execute(test.database.db);
});

const now = Temporal.Instant.from('2100-01-31T00:00:00Z');
const before = now.subtract({ hours: 24 * 7 });
const daysAgo = (days: number | null) => (days === null ? null : now.subtract({ hours: 24 * days }));

/** @param publishedDays how long ago; null: it waits. */
const add = (key: string, createdDays: number, publishedDays: number | null, count = 1) =>
  sql`insert into events.outbox (message_id, ordering_key, type, body, created_at, published_at)
    select gen_random_uuid(), ${key}, 'CoinTossed', '{}', ${daysAgo(createdDays)}, ${daysAgo(publishedDays)}
    from generate_series(1, ${count}::integer)`.execute(test.database.db);

async function left(): Promise<Record<string, number>> {
  const { rows } = await sql<{ ordering_key: string; n: number }>`
    select ordering_key, count(*)::integer as n from events.outbox group by 1`.execute(test.database.db);
  return Object.fromEntries(rows.map(({ ordering_key, n }) => [ordering_key, n]));
}

const pass = () =>
  new Retention(test.database, {
    name: 'outbox',
    leaseTable: 'events.retention',
    rows: [new PublishedEvents(() => before)],
  }).pass();

describe('events', () => {
  it('leave when they were published long ago, however long they had waited, and none that wait', async () => {
    await add('published long ago', 30, 8);
    await add('waits', 30, null);
    await add('published lately', 30, 6);
    await add('young', 1, 1);
    await pass();
    expect(await left()).toEqual({ waits: 1, 'published lately': 1, young: 1 });
  });

  it('leave from behind more that wait than are looked at in one go', async () => {
    await add('waits', 30, null, 2_500);
    await add('published long ago', 9, 8, 2_500);
    await pass();
    expect(await left()).toEqual({ waits: 2_500 });
  });

  it('are looked at no further than where all are young', async () => {
    await add('young', 1, 1, 1_000);
    await add('misplaced', 30, 8);
    await pass();
    expect(await left()).toEqual({ young: 1_000, misplaced: 1 });
  });

  it('that somebody holds are left to the next time', async () => {
    await add('held', 30, 8);
    await add('published long ago', 30, 8);
    await test.database.transaction(async (tx) => {
      await sql`select from events.outbox where ordering_key = 'held' for update`.execute(tx);
      await pass();
    });
    expect(await left()).toEqual({ held: 1 });
  });

  it('are found by their ids, however many there are', async () => {
    await add('published long ago', 30, 8, 20_000);
    await sql`analyze events.outbox`.execute(test.database.db);
    const remove = () => test.database.transaction((tx) => new PublishedEvents(() => before).walk()(tx));
    const plan = await planOf('delete from events.outbox', test.url, remove);
    expect(plan).toContain('Index Scan using outbox_pkey');
    expect(plan).not.toContain('Seq Scan on outbox');
  });
});
