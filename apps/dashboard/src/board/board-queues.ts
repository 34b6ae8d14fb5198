import { RedisConfiguration, RedisConnections } from '@budget-buddy/platform';
import { TasksConfiguration } from '@budget-buddy/tasks';
import { Injectable } from '@nestjs/common';
import Bull, { type Queue, type QueueOptions } from 'bull';
import type { Redis } from 'ioredis';

/** The service's Bull queues, opened to look at. */
@Injectable()
export class BoardQueues {
  /** The one connection all of them share. */
  readonly client: Redis;
  readonly all: readonly Queue[];

  constructor(tasks: TasksConfiguration, { prefix }: RedisConfiguration, connections: RedisConnections) {
    this.client = connections.create('client');
    const createClient = this.clientFor.bind(this) as QueueOptions['createClient'];
    this.all = tasks.queues.map((name) => new Bull(name, { prefix, createClient }));
  }

  /**
   * Bull asks for a `bclient` to take jobs and for a `subscriber` to wait for delayed ones that are due. Neither may
   * happen here, even by mistake: with a processor the dashboard would run and promote tasks.
   */
  private clientFor(role: 'client' | 'subscriber' | 'bclient'): Redis {
    if (role === 'client') return this.client;
    throw new Error(`the dashboard only looks: Bull wanted a ${role} connection, which is for processing jobs`);
  }
}
