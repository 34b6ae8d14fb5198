import { ConfigurationModule, IsInstant, PostgresModule, RabbitModule } from '@budget-buddy/platform';
import { isolate, TestBroker, waitFor } from '@budget-buddy/testing';
import { Injectable, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IsString } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type DeadLetter,
  DeadLetters,
  DomainEvent,
  DomainEventsModule,
  eventMigrations,
  EventsConfiguration,
  NoServiceQueueError,
  OnDomainEvent,
  PermanentEventError,
} from '..';
import type { ChannelKeeper } from '../broker/channel-keeper';
import { EventConsumer } from '../subscription/event-consumer';

@DomainEvent({ name: 'ShipSailed' })
class ShipSailed {
  @IsString() ship!: string;
  @IsInstant() sailedOn!: Temporal.Instant;
}

const sailed: string[] = [];
let storm = false;

@Injectable()
class Harbour {
  @OnDomainEvent(ShipSailed)
  async sailed({ ship }: ShipSailed): Promise<void> {
    if (storm) throw new PermanentEventError(`${ship} is in a storm`);
    sailed.push(ship);
  }
}

@Module({
  imports: [
    ConfigurationModule.forRoot(EventsConfiguration),
    PostgresModule.forRoot(),
    RabbitModule.forRoot(),
    DomainEventsModule.forSubscriber(),
  ],
  providers: [Harbour],
})
class HarbourModule {}

describe('dead letters', () => {
  let broker: TestBroker;
  let letters: DeadLetters;
  let app: INestApplicationContext;
  let own: Awaited<ReturnType<typeof isolate>>;

  const event = (ship: string) => ({ ship, sailed_on: '2026-05-01T00:00:00Z' });
  const ships = ({ message }: DeadLetter) => (JSON.parse(message.content.toString()) as { ship: string }).ship;

  async function all(): Promise<DeadLetter[]> {
    const found: DeadLetter[] = [];
    await letters.visit((letter) => {
      found.push(letter);
      return 'keep';
    });
    return found;
  }

  async function deadLettered(...names: string[]): Promise<DeadLetter[]> {
    storm = true;
    for (const name of names) await broker.client.publish('ShipSailed', event(name), { messageId: name });
    const found = await waitFor(async () => {
      const now = await all();
      return names.every((name) => now.some((letter) => ships(letter) === name)) ? now : undefined;
    });
    storm = false;
    return found;
  }

  beforeAll(async () => {
    own = await isolate(eventMigrations);
    broker = await TestBroker.open();
    Object.assign(process.env, broker.environment);
    app = await NestFactory.createApplicationContext(HarbourModule, { logger: false });
    letters = await DeadLetters.connect({ urls: [broker.url] }, broker.queue);
    await waitFor(() => app.get<{ keeper: ChannelKeeper }>(EventConsumer).keeper.current);
  });

  afterAll(async () => {
    await letters.close();
    await app.close();
    await broker.drop();
    await own.drop();
  });

  beforeEach(async () => {
    sailed.length = 0;
    await broker.takeDeadLetters();
  });

  it('are told of whole, and stay where they are, however often one looks', async () => {
    const before = Temporal.Now.instant().subtract({ seconds: 1 });
    await deadLettered('Argo');
    const [first] = await all();
    const [again] = await all();
    expect(first).toMatchObject({
      event: 'ShipSailed',
      reason: 'permanent',
      error: 'PermanentEventError: Argo is in a storm',
    });
    expect(Temporal.Instant.compare(first!.deadLetteredAt!, before)).toBe(1);
    expect(first!.history).toMatchObject([{ attempt: 1, error: 'PermanentEventError: Argo is in a storm' }]);
    expect(again!.id).toBe(first!.id);
  });

  it('are handled again when they are replayed, and those that were not meant stay in their order', async () => {
    await deadLettered('Argo', 'Beagle', 'Cutty Sark', 'Discovery');
    const replayed = await letters.visit((letter) => (ships(letter) === 'Beagle' ? 'replay' : 'keep'));
    expect(replayed).toBe(1);
    await waitFor(() => sailed.length === 1);
    expect(sailed).toEqual(['Beagle']);
    expect((await all()).map(ships)).toEqual(['Argo', 'Cutty Sark', 'Discovery']);
  });

  it('come back once when they fail again, with their whole past', async () => {
    const [before] = await deadLettered('Argo');
    storm = true;
    await letters.visit(() => 'replay');
    const back = await waitFor(async () => {
      const now = await all();
      return now.length > 0 && now[0]!.id !== before!.id ? now : undefined;
    });
    storm = false;
    expect(back).toHaveLength(1);
    expect(back[0]!.history).toHaveLength(2);
    expect(back[0]!.message.properties.messageId).toBe('Argo');
  });

  it('that the broker put there are replayed as what they were published as', async () => {
    const death = { reason: 'delivery_limit', queue: broker.queue, 'routing-keys': ['ShipSailed'], count: 1 };
    broker.sendToDeadLetters(Buffer.from(JSON.stringify(event('Endurance'))), { headers: { 'x-death': [death] } });
    const [letter] = await waitFor(async () => {
      const now = await all();
      return now.length > 0 ? now : undefined;
    });
    expect(letter).toMatchObject({ event: 'ShipSailed', reason: 'delivery-limit' });
    await letters.visit(() => 'replay');
    await waitFor(() => sailed.includes('Endurance'));
  });

  it('stay when there is no queue to replay them into', async () => {
    const nowhere = await DeadLetters.connect({ urls: [broker.url] }, broker.queue);
    await deadLettered('Argo');
    await app.close();
    await broker.deleteQueue(broker.queue);
    await expect(nowhere.visit(() => 'replay')).rejects.toThrow(NoServiceQueueError);
    expect((await all()).map(ships)).toEqual(['Argo']);
    await nowhere.close();
  });
});
