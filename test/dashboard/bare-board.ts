import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBullBoard } from '@bull-board/api';
import { BullAdapter } from '@bull-board/api/bullAdapter';
import { ExpressAdapter } from '@bull-board/express';
import Bull, { type Queue } from 'bull';
import { QUEUE } from './filled-queue';

/** bull-board by itself, without what the dashboard puts before it: what the tests of the dashboard are compared with. */
export class BareBoard {
  private constructor(
    private readonly server: Server,
    private readonly queue: Queue,
  ) {}

  static async serve(prefix: string, options: { readOnlyMode: boolean }): Promise<BareBoard> {
    const queue = new Bull(QUEUE, process.env['BUDGETBUDDY_REDIS_URL'] ?? '', { prefix });
    const serverAdapter = new ExpressAdapter();
    createBullBoard({ queues: [new BullAdapter(queue, options)], serverAdapter });
    const server = createServer(serverAdapter.getRouter() as () => void).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new BareBoard(server, queue);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await this.queue.close();
  }
}
