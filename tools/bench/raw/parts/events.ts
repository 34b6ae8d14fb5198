import 'reflect-metadata';
import { RabbitMQModule, RabbitSubscribe } from '@golevelup/nestjs-rabbitmq';
import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Queue } from 'bull';
import { openBull } from '../bull';
import { settings, tell } from '../parent';

/** What is done with an event between its arrival and its acknowledgement. */
export type RawScheduling = 'nothing' | 'bull' | 'bull-batches';

export interface RawEventsSettings {
  url: string;
  exchange: string;
  queue: string;
  scheduling: RawScheduling;
}

interface Event {
  budget_id: string;
  user_id: string;
  end_date: string;
}

const { url, exchange, queue, scheduling } = settings<RawEventsSettings>();
const BATCH = { size: 200, timeout: 5 };
const PREFETCH = scheduling === 'bull-batches' ? 2 * BATCH.size : 100;
/** How often the parent is told. */
const TOLD_EVERY = 100;
const bull: Queue | undefined = scheduling === 'nothing' ? undefined : openBull();

let count = 0;
function counted(): void {
  if (++count % TOLD_EVERY === 0) process.send!({ count });
}

function job({ budget_id, user_id, end_date }: Event) {
  const delay = Date.parse(end_date) - Date.now();
  return { name: 'budget_renewal_task', data: { budget_id, user_id }, opts: { jobId: `renew-${budget_id}`, delay } };
}

const subscription = { exchange, routingKey: 'BudgetCreated', queue, createQueueIfNotExists: false };

@Injectable()
class OneByOne {
  @RabbitSubscribe(subscription)
  async receive(event: Event): Promise<void> {
    if (bull) {
      const { name, data, opts } = job(event);
      await bull.add(name, data, opts);
    }
    counted();
  }
}

@Injectable()
class InBatches {
  @RabbitSubscribe({ ...subscription, batchOptions: BATCH })
  async receive(events: Event[]): Promise<void> {
    const jobs = await bull!.addBulk(events.map(job));
    // Bull does not throw for single jobs of a bulk.
    if (jobs.some(({ id }) => id === undefined)) throw new Error('a job of the bulk was not added');
    events.forEach(counted);
  }
}

@Module({
  imports: [RabbitMQModule.forRoot({ uri: url, prefetchCount: PREFETCH, enableDirectReplyTo: false })],
  providers: [scheduling === 'bull-batches' ? InBatches : OneByOne],
})
class RawEventsModule {}

async function main(): Promise<void> {
  await bull?.isReady();
  await NestFactory.createApplicationContext(RawEventsModule, { logger: ['error', 'fatal'] });
  await tell({ ready: true });
}

void main();
