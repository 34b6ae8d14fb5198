import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

it(
  'an outage is over soon when it is interrupted while a server is frozen',
  { timeout: 120_000 },
  async ({ onTestFinished }) => {
    const run = spawn(process.execPath, ['dist/tools/outages.js', 'rabbitmq/frozen/60'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void run.kill('SIGKILL'));
    await new Promise<void>((resolve) => {
      run.stdout.on('data', (lines) => String(lines).includes('rabbitmq is frozen') && resolve());
    });
    const interruptedAt = performance.now();
    run.kill('SIGTERM');
    const [code] = await once(run, 'exit');
    expect(code).toBe(143);
    expect(performance.now() - interruptedAt).toBeLessThan(30_000);
  },
);
