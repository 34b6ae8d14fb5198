import 'reflect-metadata';
import { schema } from '@budget-buddy/budgets';
import { describeError } from '@budget-buddy/platform';
import { isolate, TestBroker } from '@budget-buddy/testing';
import { Temporal } from 'temporal-polyfill';
import { AppGroup } from './apps/app-group';
import { play } from './demo/play';
import { tellStory } from './demo/story';
import { summarise } from './demo/summary';
import { Timeline } from './demo/timeline';
import { endOnSignals } from './end-on-signals';
import { startServers } from './servers';

const LEGEND = '→ published by another service   · task   ✓ outcome   ← published by this service   ✗ dead letter';

/**
 * Shows the whole system at work on real servers, each app a process of its own: events are published, and what each
 * leads to is printed as it happens. Ends by itself; exit code 0 only if everything came out as the story expects.
 */
async function main(signal: AbortSignal): Promise<boolean> {
  const servers = await startServers({ onProgress: print, handleSignals: false, signal });
  try {
    Object.assign(process.env, servers.env);
    // Names of its own: on servers that were configured, nothing of anybody else's is touched.
    signal.throwIfAborted();
    const own = await isolate(schema);
    try {
      return await withBroker(own, signal);
    } finally {
      await own.drop();
    }
  } finally {
    await servers.stop();
  }
}

async function withBroker(own: Awaited<ReturnType<typeof isolate>>, signal: AbortSignal): Promise<boolean> {
  const broker = await TestBroker.open();
  try {
    return await perform(new Timeline(own.database, broker, print), { ...own.env, ...broker.environment }, signal);
  } finally {
    await broker.drop();
  }
}

async function perform(timeline: Timeline, names: Record<string, string>, signal: AbortSignal): Promise<boolean> {
  print('starting scheduler, worker and dashboard');
  const ports = { BUDGETBUDDY_SCHEDULER_PORT: '0', BUDGETBUDDY_WORKER_PORT: '0', BUDGETBUDDY_DASHBOARD_PORT: '0' };
  const env = { ...names, ...ports, BUDGETBUDDY_LOG_FORMAT: 'json', BUDGETBUDDY_LOG_LEVEL: 'info' };
  const apps = await AppGroup.start(['scheduler', 'worker', 'dashboard'], { env, signal });
  try {
    return await show(apps, timeline, signal);
  } finally {
    await apps.kill();
  }
}

async function show(apps: AppGroup, timeline: Timeline, signal: AbortSignal): Promise<boolean> {
  for (const { name, pid, address } of apps.apps) print(`${name.padEnd(10)} pid ${pid}, ${address}`);
  const chapters = tellStory(Temporal.Now.instant());
  print(`\n${LEGEND}\n`);
  await play(chapters, timeline, signal);
  const summary = summarise(chapters, timeline);
  print(`\n${summary.text}\n`);
  const ended = await end(apps);
  return summary.agrees && ended;
}

async function end(apps: AppGroup): Promise<boolean> {
  const exits = await apps.stop();
  for (const { app, exit } of exits) {
    print(`${app.name.padEnd(10)} ended with ${exit.signal ?? `exit code ${exit.code}`}`);
    if (exit.code !== 0) print(app.tail());
  }
  return exits.every(({ exit }) => exit.code === 0);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

endOnSignals(main).then(
  (agrees) => {
    print(agrees ? '\nEverything came out as expected.' : '\nSomething did not come out as expected.');
    process.exit(agrees ? 0 : 1);
  },
  (error: unknown) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exit(1);
  },
);
