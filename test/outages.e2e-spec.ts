import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';

const kinds = ['killed', 'frozen', 'dropped', 'slow'];

/**
 * Each on a system of its own; and once so long that readiness has to notice. `npm run outages` has every one of them
 * for a minute, too.
 */
describe.concurrent('every way in which a server can fail, for a second', () => {
  it.each([
    ['rabbitmq', 6],
    ['postgres', 60],
    ['redis', 6],
  ])('of %s costs nothing, and readiness tells the truth', { timeout: 300_000 }, async (server, longer) => {
    const outages = [...kinds.map((kind) => `${server}/${kind}/1`), `${server}/killed/${longer}`];
    const run = spawn(process.execPath, ['dist/tools/outages.js', ...outages], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code]] = await Promise.all([text(run.stdout), once(run, 'exit')]);
    process.stdout.write(output.slice(output.indexOf('\n| outage')));
    expect(output).toContain('Every promise was kept; nothing lost, nothing twice.');
    expect(code).toBe(0);
  });
});

it('is over soon when it is interrupted while a server is frozen', { timeout: 120_000 }, async () => {
  const run = spawn(process.execPath, ['dist/tools/outages.js', 'rabbitmq/frozen/60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void run.kill('SIGKILL'));
  await new Promise<void>((resolve) => {
    run.stdout.on('data', (lines) => String(lines).includes('frozen for 60 s') && resolve());
  });
  // Budgets are told of for 11.5 s, and then it is frozen.
  await delay(15_000);
  const interruptedAt = performance.now();
  run.kill('SIGTERM');
  const [code] = await once(run, 'exit');
  expect(code).toBe(143);
  expect(performance.now() - interruptedAt).toBeLessThan(30_000);
});
