import {
  DatabaseUnavailableError,
  loadConfiguration,
  migrate,
  Readiness,
  Shutdown,
  SystemClock,
} from '@budget-buddy/platform';
import { TestBroker, testDatabase, type TestDatabase, waitFor } from '@budget-buddy/testing';
import { AmqpConnection } from '@golevelup/nestjs-rabbitmq';
import { Logger } from '@nestjs/common';
import { type ChannelModel, type ConfirmChannel, connect, type Message } from 'amqplib';
import { IsInt, IsString } from 'class-validator';
import { sql } from 'kysely';
import pg from 'pg';
import { v4 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { statementsOf } from '../../../../test/support/statements-of';
import { DomainEvent, eventMigrations, EventsConfiguration, InvalidEventError, Outbox, OutboxRelay } from '..';
import { ConfirmingPublisher } from '../broker/confirming-publisher';
import { Gathering } from './gathering';
import { OutboxStore } from './outbox-store';

@DomainEvent({ name: 'CoinTossed' })
class CoinTossed {
  @IsString() coin!: string;
  @IsInt() toss!: number;
}

@DomainEvent({ name: 'CoinLost' })
class CoinLost {
  @IsString() coin!: string;
}

@DomainEvent({ name: 'CoinFound', mustBeHeard: true })
class CoinFound {
  @IsString() coin!: string;
}

/** What one process has of the outbox. */
class Process {
  readonly store = new OutboxStore(test.database, clock);
  readonly publisher: ConfirmingPublisher;
  readonly shutdown = new Shutdown();
  readonly readiness = new Readiness(this.shutdown);
  readonly relay: OutboxRelay;
  readonly outbox: Outbox;

  private constructor(readonly amqp: AmqpConnection) {
    this.publisher = new ConfirmingPublisher(amqp, configuration);
    this.relay = new OutboxRelay(this.store, this.publisher, configuration, this.shutdown, this.readiness);
    this.outbox = new Outbox(test.database, this.relay, configuration, clock);
  }

  static async start(): Promise<Process> {
    const amqp = new AmqpConnection({
      uri: broker.url,
      enableDirectReplyTo: false,
      connectionInitOptions: { wait: false },
      connectionManagerOptions: { reconnectTimeInSeconds: 0.2 },
      logger: { log: () => undefined, error: () => undefined, warn: () => undefined },
    });
    await amqp.init();
    const process = new Process(amqp);
    processes.push(process);
    process.relay.onApplicationBootstrap();
    await waitFor(() => process.publisher.isOpen);
    return process;
  }

  async end(): Promise<void> {
    await this.relay.onApplicationShutdown();
    await this.amqp.close();
  }

  /** As a network does: the process is told nothing but that the bytes end. */
  cut(): void {
    const connection = this.amqp.managedConnection.connection as unknown as
      { connection: { stream: { destroy(error: Error): void } } } | undefined;
    connection?.connection.stream.destroy(new Error('cut'));
  }
}

const clock = new SystemClock();
const processes: Process[] = [];
let test: TestDatabase;
let broker: TestBroker;
let configuration: EventsConfiguration;
let received: Message[];

beforeAll(async () => {
  Logger.overrideLogger(false);
  test = await testDatabase(eventMigrations);
  broker = await TestBroker.open();
  configuration = loadConfiguration([EventsConfiguration], {
    ...broker.environment,
    BUDGETBUDDY_OUTBOX_POLL_INTERVAL: 'PT0.1S',
  }).get(EventsConfiguration);
});

afterAll(async () => {
  await test.drop();
  await broker.drop();
});

beforeEach(async () => {
  received = await broker.collect('CoinTossed', 'CoinLost');
});

afterEach(async () => {
  await Promise.all(processes.splice(0).map((process) => process.end()));
  await sql`truncate events.outbox`.execute(test.database.db);
});

function tossed(coin: string, toss: number): CoinTossed {
  return Object.assign(new CoinTossed(), { coin, toss });
}

function lost(coin: string): CoinLost {
  return Object.assign(new CoinLost(), { coin });
}

function found(coin: string): CoinFound {
  return Object.assign(new CoinFound(), { coin });
}

type CoinEvent = CoinTossed | CoinLost | CoinFound;

function add(outbox: Outbox, event: CoinEvent, messageId = uuid()): Promise<void> {
  return test.database.transaction((tx) => outbox.add(tx, event, { messageId, orderingKey: event.coin }));
}

function tossesOf(coin: string): number[] {
  const bodies = received.map(({ content }) => JSON.parse(content.toString()) as CoinTossed);
  return bodies.filter((body) => body.coin === coin).map(({ toss }) => toss);
}

async function addAll(outbox: Outbox, events: readonly CoinEvent[]): Promise<void> {
  await test.database.transaction(async (tx) => {
    for (const event of events) await outbox.add(tx, event, { messageId: uuid(), orderingKey: event.coin });
  });
}

async function unpublishedIds(): Promise<number[]> {
  const rows = await test.database.db
    .selectFrom('events.outbox')
    .select('id')
    .where('published_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}

async function unpublished(): Promise<number> {
  return (await unpublishedIds()).length;
}

/** A row that was refused, as soon as there is one. */
function refusedRow() {
  return waitFor(() =>
    test.database.db.selectFrom('events.outbox').selectAll().where('refusals', '>', 0).executeTakeFirst(),
  );
}

describe('an event in the outbox', () => {
  it('is published as the wire wants it, with all that a well-behaved publisher adds', async () => {
    const { outbox } = await Process.start();
    const messageId = uuid();
    await add(outbox, tossed('penny', 1), messageId);
    await waitFor(() => received.length === 1);
    const { content, fields, properties } = received[0]!;
    expect(content.toString()).toBe('{"coin":"penny","toss":1}');
    expect(fields).toMatchObject({ exchange: broker.exchange, routingKey: 'CoinTossed' });
    expect(properties).toMatchObject({
      contentType: 'application/json',
      deliveryMode: 2,
      messageId,
      type: 'CoinTossed',
      appId: 'budget-buddy-tasks',
    });
    expect(properties.headers).toEqual({
      'cloudEvents:id': messageId,
      'cloudEvents:type': 'CoinTossed',
      'cloudEvents:source': 'urn:budget-buddy-tasks',
      'cloudEvents:time': expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      'cloudEvents:specversion': '1.0',
    });
    expect(Math.abs(properties.timestamp - Date.now() / 1000)).toBeLessThan(60);
  });

  it('is not published before its transaction commits, nor when that is rolled back', async () => {
    const { outbox, relay } = await Process.start();
    const rolledBack = test.database.transaction(async (tx) => {
      await outbox.add(tx, tossed('never', 1), { messageId: uuid(), orderingKey: 'never' });
      relay.wake();
      await add(outbox, tossed('other', 1));
      await waitFor(() => received.length === 1);
      throw new Error('changed my mind');
    });
    await expect(rolledBack).rejects.toThrow('changed my mind');
    await add(outbox, tossed('other', 2));
    await waitFor(() => tossesOf('other').length === 2);
    expect(tossesOf('never')).toEqual([]);
  });

  it('is published once, however often it is added under its message id', async () => {
    const { outbox } = await Process.start();
    const messageId = uuid();
    await Promise.all([1, 2, 3].map(() => add(outbox, tossed('penny', 1), messageId)));
    await waitFor(() => received.length === 1);
    await add(outbox, tossed('penny', 1), messageId);
    await add(outbox, tossed('penny', 2));
    await waitFor(() => received.length === 2);
    expect(tossesOf('penny')).toEqual([1, 2]);
  });

  it('fails its transaction when it could not be published', async () => {
    const { outbox } = await Process.start();
    await expect(add(outbox, tossed('penny', 1.5))).rejects.toThrow(InvalidEventError);
    await expect(add(outbox, lost('x'.repeat(300_000)))).rejects.toThrow(
      'the body has 300011 bytes, expected at most 262144',
    );
    await expect(add(outbox, lost('penny'), 'my-id')).rejects.toThrow('"my-id", expected a UUID');
    expect(await unpublished()).toBe(0);
  });
});

describe('relays', () => {
  const coins = Array.from({ length: 40 }, (_, index) => `coin ${index}`);

  async function tossAll(outboxes: Outbox[], tosses: number): Promise<void> {
    await Promise.all(
      coins.map(async (coin, index) => {
        for (let toss = 0; toss < tosses; toss++) {
          await add(outboxes[(index + toss) % outboxes.length]!, tossed(coin, toss));
        }
      }),
    );
  }

  it('keep the order of each key, and lose and repeat nothing, however many there are', async () => {
    const three = await Promise.all([Process.start(), Process.start(), Process.start()]);
    await tossAll(
      three.map(({ outbox }) => outbox),
      25,
    );
    await waitFor(() => received.length >= 1_000);
    const inOrder = Array.from({ length: 25 }, (_, toss) => toss);
    for (const coin of coins) expect(tossesOf(coin)).toEqual(inOrder);
    await waitFor(async () => (await unpublished()) === 0);
  });

  it('let events gather, of each of which they know', async () => {
    const { outbox } = await Process.start();
    const [came, gathered] = [vi.spyOn(Gathering.prototype, 'oneMore'), vi.spyOn(Gathering.prototype, 'after')];
    await addAll(
      outbox,
      Array.from({ length: 150 }, (_, index) => tossed(`coin ${index}`, 1)),
    );
    await waitFor(() => gathered.mock.calls.flat().includes(150));
    expect(came).toHaveBeenCalledTimes(150);
    came.mockRestore();
    gathered.mockRestore();
  });

  it('do not wait for more where a batch is full already', async () => {
    const { outbox } = await Process.start();
    const gathered = vi.spyOn(Gathering.prototype, 'after');
    await addAll(
      outbox,
      Array.from({ length: 600 }, (_, toss) => tossed('penny', toss)),
    );
    await waitFor(() => received.length === 600);
    await waitFor(async () => (await unpublished()) === 0);
    await waitFor(() => gathered.mock.calls.flat().includes(100));
    expect(gathered.mock.calls.flat()).not.toContain(250);
    gathered.mockRestore();
  });

  it('lose nothing when their connections to the broker are cut again and again', async () => {
    const two = await Promise.all([Process.start(), Process.start()]);
    const cutting = setInterval(() => two.forEach((process) => process.cut()), 150);
    await tossAll(
      two.map(({ outbox }) => outbox),
      25,
    ).finally(() => clearInterval(cutting));
    await waitFor(async () => (await unpublished()) === 0);
    await waitFor(() => new Set(received.map(({ properties }) => String(properties.messageId))).size === 1_000);
    for (const coin of coins) {
      const firsts = [...new Set(tossesOf(coin))];
      expect(firsts).toEqual(Array.from({ length: 25 }, (_, toss) => toss));
    }
  });

  it('publish again, under the same message id, what was confirmed but could not be marked', async () => {
    const { outbox, store } = await Process.start();
    vi.spyOn(store as unknown as { markPublished(): Promise<void> }, 'markPublished').mockRejectedValueOnce(
      new DatabaseUnavailableError(new Error('Connection terminated')),
    );
    const messageId = uuid();
    await add(outbox, tossed('penny', 1), messageId);
    await waitFor(() => received.length === 2);
    expect(received.map(({ properties }) => String(properties.messageId))).toEqual([messageId, messageId]);
    await waitFor(async () => (await unpublished()) === 0);
  });

  it('find what another process has left behind', async () => {
    const other = await Process.start();
    const gone = await Process.start();
    await gone.end();
    vi.spyOn(gone.relay, 'wake').mockReturnValue();
    // The other one has looked by now, and found nothing.
    await add(other.outbox, lost('dime'));
    await waitFor(() => received.length === 1);
    await add(gone.outbox, tossed('penny', 1));
    await waitFor(() => received.length === 2);
  });

  it('publish what is there before they end', async () => {
    const { outbox, relay } = await Process.start();
    vi.spyOn(relay, 'wake').mockReturnValue();
    await Promise.all(coins.map((coin) => add(outbox, lost(coin))));
    await relay.flush();
    expect(await unpublished()).toBe(0);
  });

  it('end although another process adds events all the time, when what was there is published', async () => {
    const { relay } = await Process.start();
    const other = await Process.start();
    await other.relay.onApplicationShutdown();
    let adding = true;
    const adders = coins.slice(0, 8).map(async (coin) => {
      while (adding) await add(other.outbox, lost(coin));
    });
    try {
      await waitFor(() => received.length > 100);
      const before = await unpublishedIds();
      let ended = false;
      void relay.flush().then(() => (ended = true));
      await waitFor(() => ended, { timeoutMs: 5_000, description: 'the flush to end' });
      const after = new Set(await unpublishedIds());
      expect(before.filter((id) => after.has(id))).toEqual([]);
    } finally {
      adding = false;
      await Promise.all(adders);
    }
  });

  it('end although the broker is away, and leave the events where they are', async () => {
    const { outbox, relay, publisher } = await Process.start();
    await publisher.stop();
    await add(outbox, lost('penny'));
    await relay.flush();
    expect(await unpublished()).toBe(1);
  });
});

describe('the readiness', () => {
  const outboxIs = async ({ readiness }: Process) => (await readiness.check()).find(({ name }) => name === 'outbox');

  it('says when there is no channel to publish on, and why', async () => {
    const process = await Process.start();
    expect(await outboxIs(process)).toEqual({ name: 'outbox', up: true });
    const connection = await connect(broker.url);
    const channel = await connection.createChannel();
    // Somebody has made another exchange of this name: the channel is closed by the broker, again and again.
    await channel.deleteExchange(broker.exchange);
    await channel.assertExchange(broker.exchange, 'direct');
    process.cut();
    const reason = await waitFor(async () => {
      const state = await outboxIs(process);
      return state?.reason?.includes('PRECONDITION_FAILED') && state.reason;
    });
    expect(reason).toMatch(/^RabbitMQ is unavailable: there is no channel to publish on: .*inequivalent arg 'type'/);
    await channel.deleteExchange(broker.exchange);
    await connection.close();
    await waitFor(async () => (await outboxIs(process))?.up, { description: 'the channel to be made again' });
  });

  it('says when the broker takes no messages, which then wait, and goes on with them after that', async () => {
    const process = await Process.start();
    const { managedConnection } = process.amqp;
    managedConnection.emit('blocked', { reason: 'low on disk' });
    expect(await outboxIs(process)).toEqual({
      name: 'outbox',
      up: false,
      reason: 'RabbitMQ is unavailable: RabbitMQ takes no messages just now (low on disk)',
    });
    const sent = vi.spyOn(process.publisher as unknown as { send(): void }, 'send');
    await add(process.outbox, lost('penny'));
    await process.relay.flush();
    expect(sent).not.toHaveBeenCalled();
    managedConnection.emit('unblocked');
    await waitFor(() => received.length === 1);
    expect((await outboxIs(process))?.up).toBe(true);
  });
});

describe('an event that the broker refuses', () => {
  let connection: ChannelModel;
  let channel: ConfirmChannel;
  let full: string;

  /** Takes one message, and refuses all further ones until that one is taken out. */
  beforeEach(async () => {
    connection = await connect(broker.url);
    channel = await connection.createConfirmChannel();
    const args = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };
    full = (await channel.assertQueue('', { exclusive: true, arguments: args })).queue;
    await channel.bindQueue(full, broker.exchange, 'CoinTossed');
  });

  afterEach(() => connection.close());

  it('holds up the events of its own key only, and is published once the broker takes it', async () => {
    const { outbox } = await Process.start();
    await add(outbox, tossed('penny', 1));
    await waitFor(async () => (await channel.checkQueue(full)).messageCount === 1);
    await addAll(outbox, [tossed('penny', 2), lost('penny'), lost('dime')]);
    await waitFor(() => received.some(({ content }) => content.toString().includes('dime')));
    expect(await refusedRow()).toMatchObject({
      type: 'CoinTossed',
      last_error: 'RabbitMQ refused the message: message nacked',
    });
    expect(received.filter(({ fields }) => fields.routingKey === 'CoinLost')).toHaveLength(1);
    await channel.unbindQueue(full, broker.exchange, 'CoinTossed');
    await waitFor(async () => (await unpublished()) === 0);
    expect(received.at(-1)?.content.toString()).toBe('{"coin":"penny"}');
  });
});

describe('an event that must be heard', () => {
  let connection: ChannelModel;

  beforeEach(async () => {
    connection = await connect(broker.url);
    return () => connection.close();
  });

  it('waits until a queue is bound for it, and holds up the events of its own key only', async () => {
    const { outbox } = await Process.start();
    await addAll(outbox, [found('penny'), lost('penny'), lost('dime')]);
    await waitFor(() => received.length > 0);
    expect(await refusedRow()).toMatchObject({
      type: 'CoinFound',
      published_at: null,
      last_error: 'RabbitMQ refused the message: no queue is bound for "CoinFound"',
    });
    await waitFor(async () => (await unpublished()) === 2);
    const channel = await connection.createChannel();
    const { queue } = await channel.assertQueue('', { exclusive: true });
    for (const name of ['CoinFound', 'CoinLost']) await channel.bindQueue(queue, broker.exchange, name);
    await waitFor(async () => (await unpublished()) === 0);
    const heard = [await channel.get(queue), await channel.get(queue)];
    expect(heard.map((message) => message && message.fields.routingKey)).toEqual(['CoinFound', 'CoinLost']);
    expect(received.map(({ content }) => content.toString())).toEqual(['{"coin":"dime"}', '{"coin":"penny"}']);
  });

  it('is tried again within 30 s, however often nobody was there', async () => {
    const { outbox, relay } = await Process.start();
    await relay.onApplicationShutdown();
    await add(outbox, found('penny'));
    const present = clock.now();
    const store = new OutboxStore(test.database, { now: () => present });
    const refuse = async (refusals: number, unheard: boolean) => {
      await test.database.db.updateTable('events.outbox').set({ refusals, retry_at: null }).execute();
      const [partition] = await store.waitingPartitions();
      await store.takeBatch(partition!, 1, async ([row]) => ({
        publishedIds: [],
        refusals: [{ row: row!, error: 'refused', unheard }],
      }));
      const { retry_at } = await refusedRow();
      return Math.round(retry_at!.since(present).total('seconds'));
    };
    const delays = [];
    for (const refusals of [0, 1, 4, 5, 2_000]) delays.push(await refuse(refusals, true));
    expect(delays).toEqual([1, 2, 16, 30, 30]);
    expect(await refuse(2_000, false)).toBe(300);
  });

  it('does not hold up the end of its process, whenever it is to be tried again', async () => {
    let looks = 0;
    const { outbox, publisher } = await Process.start();
    const store = new OutboxStore(test.database, { now: () => clock.now().add({ hours: looks++ }) });
    const relay = new OutboxRelay(store, publisher, configuration, new Shutdown(), new Readiness(new Shutdown()));
    await addAll(outbox, [found('penny'), lost('dime')]);
    let ended = false;
    void relay.flush().then(() => (ended = true));
    await waitFor(() => ended, { timeoutMs: 5_000, description: 'the flush to end' });
    expect(await unpublished()).toBe(1);
  });
});

describe('the table', () => {
  it('goes back and forth', async () => {
    const other = await testDatabase(eventMigrations);
    try {
      await migrate(other.database.db, eventMigrations, 'none');
      await expect(sql`select from events.outbox`.execute(other.database.db)).rejects.toThrow('does not exist');
      await migrate(other.database.db, eventMigrations);
      await sql`select from events.outbox`.execute(other.database.db);
      await migrate(other.database.db, eventMigrations, eventMigrations[0]!.name);
      await expect(sql`select mandatory from events.outbox`.execute(other.database.db)).rejects.toThrow('not exist');
      await migrate(other.database.db, eventMigrations);
      await sql`select mandatory from events.outbox`.execute(other.database.db);
    } finally {
      await other.drop();
    }
  });

  it.each(["created_at = 'infinity'", "retry_at = '0044-03-15 BC'", 'refusals = 2147483647', 'refusals = -1'])(
    'refuses a row with %s, which would stop every relay, whoever writes it',
    async (columns) => {
      await sql`
        insert into events.outbox (message_id, ordering_key, type, body, created_at, published_at)
        values (gen_random_uuid(), 'edited', 'CoinTossed', '{}', now(), now())`.execute(test.database.db);
      const edited = sql`update events.outbox set ${sql.raw(columns)} where ordering_key = 'edited'`;
      await expect(edited.execute(test.database.db)).rejects.toThrow('violates check constraint');
    },
  );

  it('is read through its indexes, however much was published', async () => {
    await sql`
      insert into events.outbox (message_id, ordering_key, type, body, created_at, published_at)
      select gen_random_uuid(), 'coin ' || n, 'CoinTossed', '{}', now(), now() from generate_series(1, 100000) as n
    `.execute(test.database.db);
    await sql`analyze events.outbox`.execute(test.database.db);
    const store = new OutboxStore(test.database, clock);
    const statements = await statementsOf(async () => {
      await store.waitingPartitions();
      await store.takeBatch(3, 10, async () => ({ publishedIds: [], refusals: [] }));
    });
    const reads = statements.filter(([text]) => /select[^]*outbox/i.test(text));
    expect(reads).toHaveLength(2);
    const client = new pg.Client(test.url);
    await client.connect();
    for (const [text, parameters] of reads) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [...parameters]);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('outbox_waiting');
      expect(plan).not.toContain('Seq Scan on outbox');
    }
    await client.end();
  });
});
