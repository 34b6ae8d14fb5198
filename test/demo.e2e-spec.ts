import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { waitFor } from '@budget-buddy/testing';
import { Redis } from 'ioredis';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { isAlive, processTree } from '../tools/servers/process-table';

it('the demo tells its story on the configured servers, finds what it expects, and leaves nothing there', async () => {
  const redis = new Redis(process.env.BUDGETBUDDY_REDIS_URL!);
  const prefix = `demo-${randomUUID()}`;
  const itsKeys = () => redis.keys(`*${prefix}*`);
  const demo = spawn(process.execPath, ['dist/tools/demo.js'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, BUDGETBUDDY_REDIS_PREFIX: prefix },
  });
  const exited = once(demo, 'exit');
  let output = '';
  demo.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  await waitFor(async () => (await itsKeys()).length > 0, { timeoutMs: 60_000, description: 'the demo to use Redis' });
  const [code] = (await exited) as [number | null];
  expect(output).toContain('Everything came out as expected.');
  expect(output.match(/ended with exit code 0/g)).toHaveLength(3);
  expect(code).toBe(0);
  expect(await itsKeys()).toEqual([]);
  redis.disconnect();
});

it.each([/pid \d+/, /BudgetCreated published/])('the demo, interrupted at %s, leaves no app behind', async (moment) => {
  const demo = spawn(process.execPath, ['dist/tools/demo.js'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(demo, 'exit');
  let output = '';
  demo.stdout.setEncoding('utf8').on('data', (part: string) => (output += part));
  while (!moment.test(output)) await delay(10);
  const processes = processTree(demo.pid!);
  expect(processes.length).toBeGreaterThan(3);
  demo.kill('SIGINT');
  const [code] = (await exited) as [number | null];
  expect(code, output).toBe(130);
  expect(processes.filter(isAlive)).toEqual([]);
});
