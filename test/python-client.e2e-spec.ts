import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { taskUuid } from '@budget-buddy/tasks';
import { waitFor } from '@budget-buddy/testing';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installOnDemand } from '../tools/on-demand-packages';
import type { Wire } from './support/budget-events';
import { WholeSystem } from './support/whole-system';

/** Debian's own, which python3-pika is for. */
const PYTHON = '/usr/bin/python3';
const INSTALLING_MS = 300_000;
/** On time, generously: the machine may be busy with other things. */
const LATE_MS = 10_000;
const SECONDS = '4';

let system: WholeSystem;
let consumer: ChildProcess;
/** What the Python consumer printed. */
const consumed: Wire[] = [];

beforeAll(async () => {
  if (!hasPika()) await installOnDemand('python3-pika');
  // The lead time is the default one, as the examples say.
  system = await WholeSystem.prepare({ BUDGETBUDDY_RENEWAL_LEAD_TIME: 'P1D' });
  await Promise.all([system.start('scheduler'), system.start('worker'), startConsumer()]);
}, INSTALLING_MS);

afterAll(async () => {
  consumer?.kill('SIGINT');
  await system?.end();
});

function hasPika(): boolean {
  try {
    execFileSync(PYTHON, ['-c', 'import pika'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** As a person has it who runs an example by hand. */
const environment = () => ({ ...process.env, ...system.env, BUDGETBUDDY_RABBITMQ_URL: system.broker.url });

async function startConsumer(): Promise<void> {
  consumer = spawn(PYTHON, ['examples/python/consume_budget_renewed.py'], {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  createInterface({ input: consumer.stdout! }).on('line', (line) => consumed.push(JSON.parse(line) as Wire));
  await new Promise((resolve, reject) => {
    consumer.stderr!.once('data', resolve);
    consumer.once('exit', (code) => reject(new Error(`the consumer ended with ${code}`)));
  });
}

/** Runs an example to its end. @returns the event that it published. */
async function publishWith(program: string, script: string): Promise<Wire> {
  const { stdout } = await promisify(execFile)(program, [script, SECONDS], { env: environment() });
  return JSON.parse(stdout) as Wire;
}

const renewalsOf = ({ budget_id }: Wire) => consumed.filter((event) => event['old_budget_id'] === budget_id);

describe.each([
  ['pika, in Python', PYTHON, 'examples/python/publish_budget_created.py'],
  ['amqplib, in Node', process.execPath, 'examples/node/publish-budget-created.mjs'],
])('a budget that is published with %s', (client, program, script) => {
  it('is renewed once, on time and not before, and a Python consumer hears of it', async () => {
    const budget = await publishWith(program, script);
    const task = await system.renewalIs('succeeded', budget);
    const [renewal, ...others] = await waitFor(() => renewalsOf(budget).length > 0 && renewalsOf(budget));

    const end = Temporal.Instant.from(String(budget['end_date'])).round({
      smallestUnit: 'second',
      roundingMode: 'floor',
    });
    const renewedAt = Temporal.Instant.from(String(renewal!['occurred_on']));
    const lateness = renewedAt.since(end.subtract({ hours: 24 })).total('milliseconds');
    expect(lateness).toBeGreaterThanOrEqual(0);
    expect(lateness).toBeLessThan(LATE_MS);
    process.stdout.write(`  ${client}: renewed ${lateness} ms after it was due\n`);

    expect(others).toEqual([]);
    expect(await system.successorsOf(budget)).toEqual([renewal!.budget_id]);
    expect(renewal).toMatchObject({
      message_id: taskUuid(task.key, 'BudgetRenewed'),
      user_id: budget['user_id'],
      name: 'Groceries',
      total_limit: 50_000,
      start_date: end.add({ seconds: 1 }).toString(),
    });
  });
});
