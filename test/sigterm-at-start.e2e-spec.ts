import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@budget-buddy/testing';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AppProcess } from '../tools/apps/app-process';
import { TcpProxy } from '../tools/tcp-proxy';
import { WholeSystem } from './support/whole-system';

let system: WholeSystem;
const redis = new TcpProxy(new URL(process.env['BUDGETBUDDY_REDIS_URL']!));
beforeEach(async () => {
  system = await WholeSystem.prepare({ BUDGETBUDDY_SHUTDOWN_TIMEOUT: 'PT10S' });
  await redis.open();
});
afterEach(async () => {
  redis.thaw();
  await redis.cut();
  await system.end();
});

/** An app that was started a moment ago, and all it has said. */
class StartingApp {
  readonly lines: string[] = [];
  readonly process: AppProcess;

  constructor(name: 'scheduler' | 'worker') {
    this.process = AppProcess.spawn(name, {
      env: { ...system.env, BUDGETBUDDY_REDIS_URL: redis.url },
      onLine: (line) => this.lines.push(line),
    });
  }

  async says(text: string): Promise<void> {
    await waitFor(() => this.lines.some((line) => line.includes(text)), {
      timeoutMs: 60_000,
      description: `the ${this.process.name} to say "${text}"`,
    });
  }

  /** The first that is seen of it from outside; before, it is Node that loads its modules. */
  async asksPostgres(): Promise<void> {
    await waitFor(async () => (await this.sessions()) > 0, { timeoutMs: 60_000, description: 'it to ask PostgreSQL' });
  }

  private async sessions(): Promise<number> {
    const { rows } = await sql<{ pid: number }>`
      SELECT pid FROM pg_stat_activity WHERE application_name = ${`budget-buddy-${this.process.name}`}
        AND datname = current_database()`.execute(system.db);
    return rows.length;
  }
}

const after = (ms: number) => async (app: StartingApp) => {
  await app.asksPostgres();
  await delay(ms);
};

interface Moment {
  when: string;
  reached: (app: StartingApp) => Promise<void>;
  /** `there` by default. */
  redisIs?: 'there' | 'away' | 'frozen';
  of?: 'scheduler' | 'worker';
}

const moments: Moment[] = [
  { when: 'when it asks PostgreSQL', reached: after(0) },
  { when: 'some moments after it asked PostgreSQL', reached: after(100) },
  { when: 'a while after it asked PostgreSQL', reached: after(400) },
  { when: 'when it is up', reached: (app) => app.says('is up') },
  { when: 'when it takes work', reached: (app) => app.says('working on queue'), of: 'worker' },
  { when: 'before it has ever seen Redis', redisIs: 'away', reached: (app) => app.says('Redis is unavailable') },
  { when: 'when it is up', redisIs: 'away', reached: (app) => app.says('is up') },
  { when: 'when it is up', redisIs: 'frozen', reached: (app) => app.says('is up') },
  { when: 'when it takes work', redisIs: 'frozen', reached: (app) => app.says('working on queue'), of: 'worker' },
];

describe.each(['scheduler', 'worker'] as const)('SIGTERM to a %s that is starting', (name) => {
  const its = moments.filter(({ of = name }) => of === name).map((moment) => ({ redisIs: 'there', ...moment }));
  it.each(its)('ends it in good order $when, Redis being $redisIs', async ({ redisIs, reached }) => {
    if (redisIs === 'away') await redis.cut();
    if (redisIs === 'frozen') redis.freeze();
    const app = new StartingApp(name);
    await reached(app);
    const exit = await app.process.stop();
    expect(exit, app.process.tail()).toEqual({ code: 0, signal: null });
    expect(app.lines.filter((line) => /"level":"fatal"|^\S+ cannot start/.test(line))).toEqual([]);
  });
});
