import { createBullBoard } from '@bull-board/api';
import { BullAdapter } from '@bull-board/api/bullAdapter';
import { Readiness } from '@budget-buddy/platform';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express, NextFunction, Request, Response } from 'express';
import { sendNotice } from '../notice';
import { BoardQueues } from './board-queues';
import { SelfContainedAdapter } from './self-contained-adapter';

const READING = new Set(['GET', 'HEAD']);

/**
 * bull-board over the service's queues, at `/`. It can look and nothing else: its buttons work on Bull alone, while
 * the truth about a task is in PostgreSQL, so that even "retry" would run a task its ledger says is settled.
 */
@Injectable()
export class Board implements OnModuleInit {
  constructor(
    private readonly http: HttpAdapterHost,
    private readonly queues: BoardQueues,
    private readonly readiness: Readiness,
  ) {}

  /** Nest's own routes are registered by now, so that the board gets what they leave. */
  onModuleInit(): void {
    const express = this.http.httpAdapter.getInstance<Express>();
    express.use(this.onlyReading, this.onlyWithRedis, this.bullBoard());
  }

  private bullBoard(): Express {
    const serverAdapter = new SelfContainedAdapter();
    createBullBoard({
      queues: this.queues.all.map((queue) => new BullAdapter(queue, { readOnlyMode: true })),
      serverAdapter,
      options: { uiConfig: { boardTitle: 'Budget Buddy Tasks', hideDocsLink: true } },
    });
    return serverAdapter.getRouter() as Express;
  }

  // bull-board refuses to change read-only queues by itself, route by route; this refuses what a later version adds.
  private readonly onlyReading = (request: Request, response: Response, next: NextFunction): void => {
    if (READING.has(request.method)) return next();
    response.setHeader('Allow', [...READING].join(', '));
    sendNotice(response, { status: 405, title: 'This dashboard only looks', text: 'It changes no queue and no task.' });
  };

  // Asked without Redis, Bull would keep its callers waiting until it is back.
  private readonly onlyWithRedis = async (request: Request, response: Response, next: NextFunction): Promise<void> => {
    if (request.path.startsWith('/static/') || (await this.redisAnswers())) return next();
    sendNotice(response, {
      status: 503,
      title: 'Redis does not answer',
      text: 'The queues are kept there. Tasks are not lost: PostgreSQL has them. This page asks again by itself.',
      retryAfter: 5,
    });
  };

  private async redisAnswers(): Promise<boolean> {
    const states = await this.readiness.check();
    return this.queues.client.status === 'ready' && states.every(({ up }) => up);
  }
}
