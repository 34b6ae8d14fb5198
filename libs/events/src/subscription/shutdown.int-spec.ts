import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ConfigurationModule,
  DatabaseUnavailableError,
  PostgresModule,
  RabbitModule,
  Readiness,
  Shutdown,
} from '@budget-buddy/platform';
import { TestBroker, waitFor } from '@budget-buddy/testing';
import { Injectable, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { connect } from 'amqplib';
import { IsInt } from 'class-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { DomainEvent, DomainEventsModule, EventsConfiguration, OnDomainEvent } from '..';

@DomainEvent({ name: 'PotOpened' })
class PotOpened {
  @IsInt() number!: number;
}

const started: number[] = [];
const finished: number[] = [];
/** What the handler does between start and finish, test by test. */
let work: (number: number) => Promise<void> = async () => undefined;

@Injectable()
class PotSubscriber {
  @OnDomainEvent(PotOpened)
  async opened({ number }: PotOpened): Promise<void> {
    started.push(number);
    await work(number);
    finished.push(number);
  }
}

@Module({
  imports: [
    ConfigurationModule.forRoot(EventsConfiguration),
    PostgresModule.forRoot(),
    RabbitModule.forRoot(),
    DomainEventsModule.forSubscriber(),
  ],
  providers: [PotSubscriber],
})
class TestApp {}

let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.open();
  Object.assign(process.env, broker.environment, { BUDGETBUDDY_RABBITMQ_PREFETCH: '5' });
});

afterAll(() => broker.drop());

beforeEach(() => {
  started.length = finished.length = 0;
  work = async () => undefined;
});

function start(): Promise<INestApplicationContext> {
  return NestFactory.createApplicationContext(TestApp, { logger: process.env.DEBUG ? undefined : false });
}

async function isConsuming(app: INestApplicationContext): Promise<boolean> {
  const states = await app.get(Readiness).check();
  return states.some(({ name, up }) => name === 'domain-events' && up);
}

describe('a process that ends', () => {
  it('finishes what it handles, takes nothing more, and loses nothing', async () => {
    const app = await start();
    await waitFor(() => isConsuming(app));
    let finish: () => void = () => undefined;
    const mayFinish = new Promise<void>((resolve) => (finish = resolve));
    work = () => mayFinish;
    for (let number = 0; number < 12; number++) await broker.client.publish('PotOpened', { number });
    await waitFor(() => started.length === 5);
    const closed = app.close();
    // The consumer is cancelled by then; the events at work are all that holds the end up.
    await waitFor(() => app.get(Shutdown).stillRunning.includes('finish-work: domain events'));
    expect(finished).toEqual([]);
    finish();
    await closed;
    expect(finished.sort()).toEqual([0, 1, 2, 3, 4]);
    await waitFor(async () => (await broker.waiting()) === 7);
  });

  it('gives back what only waits for PostgreSQL', async () => {
    const app = await start();
    await waitFor(() => finished.length === 7);
    started.length = finished.length = 0;
    work = () => Promise.reject(new DatabaseUnavailableError(new Error('ECONNREFUSED')));
    await broker.client.publish('PotOpened', { number: 1 });
    await waitFor(() => started.length >= 2);
    await app.close();
    await waitFor(async () => (await broker.waiting()) === 1);
    expect(await broker.takeDeadLetters()).toEqual([]);
  });

  it('has acknowledged all that it did, in whatever order', async () => {
    process.env.BUDGETBUDDY_RABBITMQ_PREFETCH = '200';
    const app = await start();
    // The one that was given back.
    await waitFor(() => finished.length === 1);
    started.length = finished.length = 0;
    const finish: (() => void)[] = [];
    work = (number) => new Promise((resolve) => (finish[number] = resolve));
    const numbers = Array.from({ length: 200 }, (_, number) => number);
    await Promise.all(numbers.map((number) => broker.client.publish('PotOpened', { number })));
    await waitFor(() => started.length === 200);
    const closed = app.close();
    await waitFor(() => app.get(Shutdown).stillRunning.includes('finish-work: domain events'));
    for (const number of started.toReversed()) {
      finish[number]!();
      await nextTurn();
    }
    await closed;
    expect(finished).toHaveLength(200);

    started.length = finished.length = 0;
    work = async () => undefined;
    await broker.client.publish('PotOpened', { number: 200 });
    const next = await start();
    await waitFor(() => finished.includes(200));
    await next.close();
    // What had been lost would have come before it.
    expect(finished).toEqual([200]);
  });

  it('ends a consumer that begins meanwhile', async () => {
    const connection = await connect(broker.url);
    const channel = await connection.createConfirmChannel();
    const prototype = Object.getPrototypeOf(channel) as typeof channel;
    const { consume } = prototype;
    let begins!: () => void;
    const beginning = new Promise<void>((resolve) => (begins = resolve));
    let goOn!: () => void;
    const mayGoOn = new Promise<void>((resolve) => (goOn = resolve));
    const spy = vi.spyOn(prototype, 'consume').mockImplementationOnce(async function (this: typeof channel, ...args) {
      const answer = await consume.apply(this, args);
      begins();
      await mayGoOn;
      return answer;
    });
    const app = await start();
    await beginning;
    expect(await broker.consumers()).toBe(1);
    // Runs after the consumer should have ended, while the connection is still there.
    app.get(Shutdown).on('flush', 'the test', async () => {
      goOn();
      await waitFor(async () => (await broker.consumers()) === 0, { timeoutMs: 5_000 }).then(() => finished.push(-1));
    });
    await app.close();
    spy.mockRestore();
    await connection.close();
    expect(finished).toEqual([-1]);
  });
});

describe('a process that starts', () => {
  it('is up while the broker is away, says so, and consumes once the broker is there', async () => {
    const url = process.env.BUDGETBUDDY_RABBITMQ_URL;
    const proxy = new TcpProxy(new URL(broker.url));
    await proxy.reserve();
    process.env.BUDGETBUDDY_RABBITMQ_URL = proxy.url;
    await broker.client.publish('PotOpened', { number: 1 });
    const app = await start();
    try {
      expect(await isConsuming(app)).toBe(false);
      await proxy.open();
      await waitFor(() => isConsuming(app));
      await waitFor(() => finished.length === 1);
    } finally {
      process.env.BUDGETBUDDY_RABBITMQ_URL = url;
      await app.close();
      await proxy.cut();
    }
  });
});
