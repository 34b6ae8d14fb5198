import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import {
  ConfigurationModule,
  DatabaseUnavailableError,
  IsInstant,
  PostgresModule,
  RabbitModule,
} from '@budget-buddy/platform';
import { TestBroker, waitFor } from '@budget-buddy/testing';
import { AmqpConnection } from '@golevelup/nestjs-rabbitmq';
import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type INestApplicationContext,
  Module,
} from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
import type { ConfirmChannel, ConsumeMessage } from 'amqplib';
import { IsInt, IsString, IsUUID } from 'class-validator';
import fc from 'fast-check';
import type { Observable } from 'rxjs';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DomainEvent, DomainEventsModule, type EventContext, EventsConfiguration, OnDomainEvent } from '..';
import type { ChannelKeeper } from '../broker/channel-keeper';
import { PermanentEventError } from '../event/permanent-event-error';
import { readDelivery } from './delivery';
import { EventConsumer } from './event-consumer';
import { MessageMover } from './message-mover';

@DomainEvent({ name: 'PotOpened' })
class PotOpened {
  @IsUUID() potId!: string;
  @IsInt() totalLimit!: number;
  @IsInstant() openedOn!: Temporal.Instant;
}

@DomainEvent({ name: 'PotClosed', aliases: ['PotClosedEvent'] })
class PotClosed {
  @IsUUID() potId!: string;
  @IsString() mood!: string;
}

const opened: { event: PotOpened; context: EventContext }[] = [];
const closed: { event: PotClosed; context: EventContext }[] = [];
const seenByInterceptor: string[] = [];
const seenByFilter: unknown[] = [];
/** What the handler of PotClosed does, test by test. */
let onClosed: (event: PotClosed, context: EventContext) => Promise<void> = async () => undefined;

@Injectable()
class PotSubscriber {
  @OnDomainEvent(PotOpened)
  async opened(event: PotOpened, context: EventContext): Promise<void> {
    opened.push({ event, context });
  }

  @OnDomainEvent(PotClosed)
  async closed(event: PotClosed, context: EventContext): Promise<void> {
    closed.push({ event, context });
    await onClosed(event, context);
  }
}

@Injectable()
class WatchingInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    seenByInterceptor.push(`${context.getType<string>()} ${context.getHandler().name}`);
    return next.handle();
  }
}

/** As applications have them for HTTP: takes every error, and returns as if nothing had happened. */
class SwallowingFilter {
  async catch(error: unknown): Promise<void> {
    seenByFilter.push(error);
  }
}
Reflect.defineMetadata('__filterCatchExceptions__', [], SwallowingFilter);

@Module({
  imports: [
    ConfigurationModule.forRoot(EventsConfiguration),
    PostgresModule.forRoot(),
    RabbitModule.forRoot(),
    DomainEventsModule.forSubscriber(),
  ],
  providers: [
    PotSubscriber,
    { provide: APP_INTERCEPTOR, useClass: WatchingInterceptor },
    { provide: APP_FILTER, useClass: SwallowingFilter },
  ],
})
class TestApp {}

const potId = '0b4c7a8e-2f0b-4f6e-9a55-0d5a3c6a2b11';
const potOpened = { pot_id: potId, total_limit: 5, opened_on: '2026-01-01T00:00:00Z' };
const potClosed = { pot_id: potId, mood: 'sad' };

let broker: TestBroker;
let app: INestApplicationContext;

beforeAll(async () => {
  broker = await TestBroker.open();
  Object.assign(process.env, broker.environment, { BUDGETBUDDY_EVENT_RETRY_DELAYS: 'PT0.05S,PT0.2S,PT0.4S' });
  app = await NestFactory.createApplicationContext(TestApp, { logger: process.env.DEBUG ? undefined : false });
  await consuming();
});

afterAll(async () => {
  await app.close();
  await broker.drop([50, 200, 400]);
});

beforeEach(() => {
  for (const seen of [opened, closed, seenByInterceptor, seenByFilter]) seen.length = 0;
  onClosed = async () => undefined;
});

/** Waits until the consumer is on a channel, other than the one given. */
function consuming(other?: ConfirmChannel): Promise<unknown> {
  return waitFor(() => currentChannel() && currentChannel() !== other, { description: 'the consumer' });
}

function currentChannel(): ConfirmChannel | undefined {
  return app.get<{ keeper: ChannelKeeper }>(EventConsumer).keeper.current;
}

/** By its id: an event of before comes again when its acknowledgement was lost with its channel. */
async function handlesAnother(): Promise<void> {
  const messageId = randomUUID();
  await broker.client.publish('PotOpened', potOpened, { messageId });
  await waitFor(() => opened.some(({ context }) => context.messageId === messageId));
}

/** Answers a message that never was, for which the broker closes the channel, and it alone. */
function breakChannel(): void {
  currentChannel()?.ack({ fields: { deliveryTag: 1_000_000 } } as ConsumeMessage);
}

function cutConnection(): void {
  const { connection } = app.get(AmqpConnection).managedConnection;
  (connection as unknown as { connection: { stream: Socket } }).connection.stream.destroy(new Error('cut'));
}

async function deadLetters(count: number) {
  const letters = await broker.takeDeadLetters();
  await waitFor(async () => letters.push(...(await broker.takeDeadLetters())) >= count, {
    description: `${count} dead letters`,
  });
  return letters;
}

describe('a subscription', () => {
  it('brings each event in the one queue to its own handler, by its name or an alias, as a typed instance', async () => {
    await broker.client.publish('PotOpened', potOpened, { messageId: 'm-1', headers: { 'x-trace': 'abc' } });
    await broker.client.publish('PotClosed', potClosed);
    await broker.client.publish('PotClosedEvent', potClosed);
    await waitFor(() => opened.length === 1 && closed.length === 2);
    expect(opened[0]?.event).toBeInstanceOf(PotOpened);
    expect(opened[0]?.event.openedOn).toBeInstanceOf(Temporal.Instant);
    expect(opened[0]?.context).toMatchObject({
      messageId: 'm-1',
      routingKey: 'PotOpened',
      attempt: 1,
      redelivered: false,
      headers: { 'x-trace': 'abc' },
    });
    expect(closed.map(({ context }) => context.routingKey).sort()).toEqual(['PotClosed', 'PotClosedEvent']);
  });

  it('knows a message that was put straight into the queue by its type', async () => {
    broker.sendToQueue(Buffer.from(JSON.stringify(potOpened)), { type: 'PotOpened' });
    await waitFor(() => opened.length === 1);
  });

  it("calls handlers through Nest's execution context", async () => {
    await broker.client.publish('PotOpened', potOpened);
    await waitFor(() => opened.length === 1);
    expect(seenByInterceptor).toEqual(['rmq opened']);
  });

  it('takes an error for a failure even when a filter has swallowed it', async () => {
    const error = new PermanentEventError('no such pot');
    onClosed = () => Promise.reject(error);
    await broker.client.publish('PotClosed', potClosed);
    const [letter] = await deadLetters(1);
    expect(seenByFilter).toEqual([error]);
    expect(letter?.properties.headers).toMatchObject({
      'x-event-dead-letter-reason': 'permanent',
      'x-event-dead-letter-error': 'PermanentEventError: no such pot',
    });
  });
});

describe('a message that cannot be handled', () => {
  it('becomes a dead letter at once, whole and with its reason, when it is invalid', async () => {
    const body = Buffer.from(JSON.stringify({ ...potOpened, total_limit: '5' }, null, 3));
    await broker.client.publish('PotOpened', body, {
      messageId: 'm-2',
      headers: { 'x-trace': 'abc', depth: [1, { a: 'b' }] },
    });
    const [letter] = await deadLetters(1);
    expect(letter?.content).toEqual(body);
    expect(letter?.properties).toMatchObject({ messageId: 'm-2', contentType: 'application/json', deliveryMode: 2 });
    expect(letter?.properties.headers).toMatchObject({
      'x-trace': 'abc',
      depth: [1, { a: 'b' }],
      'x-event-dead-letter-reason': 'invalid',
      'x-event-dead-letter-error':
        'InvalidEventError: PotOpened is invalid: total_limit is "5", expected it to be an integer number',
      'x-event-exchange': broker.exchange,
      'x-event-routing-key': 'PotOpened',
    });
    expect(opened).toHaveLength(0);
  });

  it('becomes a dead letter when it is too large', async () => {
    await broker.client.publish('PotOpened', Buffer.alloc(262_145, ' '));
    const [letter] = await deadLetters(1);
    expect(letter?.content).toHaveLength(262_145);
    expect(letter?.properties.headers?.['x-event-dead-letter-reason']).toBe('oversized');
  });

  it('becomes a dead letter when no handler is for it', async () => {
    await broker.bind('PotBurnt');
    await broker.client.publish('PotBurnt', potOpened, { type: 'Burnt' });
    const [letter] = await deadLetters(1);
    expect(letter?.properties.headers?.['x-event-dead-letter-error']).toBe(
      'UnknownEventError: no handler for routing key "PotBurnt", type "Burnt", expected one of ' +
        'PotOpened, PotClosed, PotClosedEvent',
    );
  });
});

describe('a handler that fails', () => {
  it('is tried again after growing delays, and then the message is a dead letter with its history', async () => {
    const startedMs: number[] = [];
    onClosed = async (_event, { attempt }) => {
      startedMs.push(performance.now());
      throw new Error(`out of luck ${attempt}, see amqp://me:secret@host`);
    };
    await broker.client.publish('PotClosed', potClosed, { messageId: 'm-3', headers: { 'x-trace': 'abc' } });
    const [letter] = await deadLetters(1);
    const gapsMs = startedMs.slice(1).map((ms, index) => ms - (startedMs[index] ?? 0));
    [50, 200, 400].forEach((delayMs, index) => expect(gapsMs[index]).toBeGreaterThanOrEqual(delayMs - 2));
    expect(closed.map(({ context }) => context.attempt)).toEqual([1, 2, 3, 4]);
    expect(closed.map(({ context }) => context.headers)).toEqual(Array(4).fill({ 'x-trace': 'abc' }));
    expect(new Set(closed.map(({ context }) => context.receivedAt.toString())).size).toBe(1);
    const { headers, messageId } = letter!.properties;
    expect(messageId).toBe('m-3');
    expect(headers).toMatchObject({
      'x-event-dead-letter-reason': 'exhausted',
      'x-event-failures': 4,
      'x-trace': 'abc',
    });
    const history = JSON.parse(String(headers?.['x-event-history'])) as { attempt: number; error: string }[];
    expect(history.map(({ attempt, error }) => [attempt, error])).toEqual(
      [1, 2, 3, 4].map((attempt) => [attempt, `Error: out of luck ${attempt}, see amqp://me:***@host`]),
    );
  });

  it('is not called again once it succeeds', async () => {
    onClosed = async (_event, { attempt }) => {
      if (attempt < 3) throw new Error('not yet');
    };
    await broker.client.publish('PotClosed', potClosed);
    await waitFor(() => closed.length === 3);
    await broker.client.publish('PotOpened', potOpened);
    await waitFor(() => opened.length === 1);
    expect(closed.map(({ context }) => context.attempt)).toEqual([1, 2, 3]);
    expect(await broker.takeDeadLetters()).toEqual([]);
  });

  it('is tried again without end, and without counting, while PostgreSQL is away', async () => {
    let outages = 0;
    onClosed = async () => {
      if (++outages <= 6) throw new DatabaseUnavailableError(new Error('connect ECONNREFUSED'));
    };
    await broker.client.publish('PotClosed', potClosed);
    await waitFor(() => closed.length === 7);
    expect(closed.map(({ context }) => context.attempt)).toEqual(Array(7).fill(1));
    expect(seenByFilter).toEqual([]);
    expect(await broker.takeDeadLetters()).toEqual([]);
  });

  it('loses nothing when the queue it should wait in was deleted', async () => {
    await broker.deleteQueue(`${broker.queue}.retry.50`);
    onClosed = async (_event, { attempt }) => {
      if (attempt === 1) throw new Error('not yet');
    };
    await broker.client.publish('PotClosed', potClosed);
    await waitFor(() => closed.length === 2);
  });

  it('is tried once for each attempt, whatever the headers of the message ask the broker for', async () => {
    onClosed = () => Promise.reject(new Error('no'));
    await broker.client.publish('PotClosed', potClosed, {
      CC: [broker.queue, `${broker.queue}.retry.50`],
      userId: 'guest',
      expiration: '60000',
      headers: {
        'x-death': [{ queue: broker.queue, reason: 'expired', count: 1, exchange: '', 'routing-keys': [broker.queue] }],
        'x-event-failures': 3,
        'x-event-routing-key': 'PotOpened',
        big: 'x'.repeat(40_000),
        small: 'kept',
      },
    });
    // The publisher's CC has brought a copy straight to the queue, and one to a retry queue.
    const letters = await deadLetters(1);
    expect(closed).toHaveLength(4);
    for (const { properties } of letters) {
      expect(properties.headers).toMatchObject({ small: 'kept', 'x-event-failures': 4 });
      const original = JSON.parse(String(properties.headers?.['x-event-original'])) as Record<string, string>;
      expect(original).toMatchObject({ userId: 'guest' });
      expect(original.big).toMatch(/^"xxx/);
    }
  });
});

describe('whatever is published', () => {
  const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  const mutated = fc
    .tuple(fc.constantFrom(...Object.keys(potOpened)), fc.jsonValue())
    .map(([key, value]) => Buffer.from(JSON.stringify({ ...potOpened, [key]: value })));
  const valid = fc.constant(Buffer.from(JSON.stringify(potOpened)));
  const anyHeaders = fc.dictionary(
    fc.string({ maxLength: 20 }),
    fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.boolean(),
      fc.constant(null),
    ),
  );

  it('is handled or a dead letter, each exactly once, and the consumer goes on', async () => {
    const messages = fc.array(fc.tuple(fc.oneof(anyBytes, mutated, valid), anyHeaders), {
      minLength: 40,
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(messages, async (batch) => {
        opened.length = 0;
        const publishing = batch.map(([body, headers], index) =>
          broker.client.publish('PotOpened', body, { messageId: String(index), headers }),
        );
        await Promise.all(publishing);
        const ids: string[] = [];
        await waitFor(
          async () => {
            ids.push(...(await broker.takeDeadLetters()).map(({ properties }) => String(properties.messageId)));
            return ids.length + opened.length >= batch.length;
          },
          { description: 'all messages to be accounted for' },
        );
        const all = [...ids, ...opened.map(({ context }) => String(context.messageId))];
        expect(all.map(Number).sort((a, b) => a - b)).toEqual(batch.map((_, index) => index));
      }),
      { numRuns: 10 },
    );
  });
});

describe('a consumer', () => {
  it('goes on after its connection was cut, and the event that was being handled is handled again', async () => {
    let cut = false;
    onClosed = async () => {
      if (cut) return;
      cut = true;
      cutConnection();
      await waitFor(() => !currentChannel());
    };
    await broker.client.publish('PotClosed', potClosed);
    await waitFor(() => closed.length >= 2);
    expect(closed[1]?.context).toMatchObject({ redelivered: true, attempt: 1 });
    await broker.client.publish('PotOpened', potOpened);
    await waitFor(() => opened.length === 1);
  });

  it('makes no further copy of a failed event when the broker has it back', async () => {
    const copies = vi.spyOn(app.get(MessageMover), 'retry');
    let cut = false;
    let failed = false;
    onClosed = async () => {
      if (cut) return;
      cut = true;
      const channel = currentChannel();
      breakChannel();
      await consuming(channel);
      failed = true;
      throw new Error('failed meanwhile');
    };
    await broker.client.publish('PotClosed', potClosed);
    // What becomes of a failure is decided within the same turn of the event loop.
    await waitFor(() => failed && closed.length >= 2);
    expect(copies).not.toHaveBeenCalled();
    expect(closed.map(({ context }) => context.attempt)).toEqual([1, 1]);
  });

  it('goes on after its queue was deleted', async () => {
    const channel = currentChannel();
    await broker.deleteQueue(broker.queue);
    await consuming(channel);
    await handlesAnother();
  });

  it('goes on after the broker has closed its channel alone', async () => {
    const channel = currentChannel();
    breakChannel();
    await consuming(channel);
    await handlesAnother();
  });

  it('stays quiet about an event that was parked for an outage', async () => {
    const message = {
      content: Buffer.from(JSON.stringify(potClosed)),
      fields: { exchange: broker.exchange, routingKey: 'PotClosed' },
      properties: { headers: {} },
    } as unknown as ConsumeMessage;
    const delivery = readDelivery(message, Temporal.Instant.from('2026-01-01T00:00:00Z'));
    await app.get(MessageMover).park(delivery, new AbortController().signal);
    await waitFor(() => closed.length === 1);
    expect(closed[0]?.context).toMatchObject({ attempt: 1, routingKey: 'PotClosed' });
    expect(closed[0]?.context.receivedAt.toString()).toBe('2026-01-01T00:00:00Z');
  });
});
