import { type RedisClient, RedisConfiguration, RedisConnections } from '@budget-buddy/platform';
import { queuePrefix, TasksConfiguration } from '@budget-buddy/tasks';
import { Injectable } from '@nestjs/common';
import Bull, { type Queue, type QueueOptions } from 'bull';

/** The service's Bull queues, opened to look at. */
@Injectable()
export class BoardQueues {
  /** The one connection all of them share. */
  readonly client: RedisClient;
  readonly all: readonly Queue[];

  constructor(tasks: TasksConfiguration, redis: RedisConfiguration, connections: RedisConnections) {
    this.client = connections.create('client');
    const createClient = this.clientFor.bind(this) as QueueOptions['createClient'];
    this.all = tasks.queues.map((name) => new Bull(name, { prefix: queuePrefix(redis, name), createClient }));
  }

  /**
   * Bull asks for a `bclient` to take jobs and for a `subscriber` to wait for delayed ones that are due. Neither may
   * happen here, even by mistake: with a processor the dashboard would run and promote tasks.
   */
  private clientFor(role: 'client' | 'subscriber' | 'bclient'): RedisClient {
    if (role === 'client') return this.client;
    throw new Error(`the dashboard only looks: Bull wanted a ${role} connection, which is for processing jobs`);
  }
}
