import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { FixtureProcess } from './fixture-process';

let app: FixtureProcess;
afterEach(() => app.end());

async function start(env: Record<string, string>): Promise<FixtureProcess> {
  app = new FixtureProcess(env);
  await app.says('worker is up');
  return app;
}

describe('a process that is told to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('lets go phase by phase on %s and exits 0', async (signal) => {
    await start({ FIXTURE: 'servers' });
    app.signal(signal);
    expect(await app.exit()).toBe(0);
    expect(app.output).toMatch(
      /received, shutting down within PT25S[^]*stop-intake: consumers[^]*finish-work: quick task[^]*flush: outbox[^]*everything is done/,
    );
    expect(app.output).not.toMatch(/"level":"(warn|error|fatal)"/);
  });

  it('is ended with 1 at the deadline, and says what was still running', async () => {
    await start({ FIXTURE: 'hangs', BUDGETBUDDY_SHUTDOWN_TIMEOUT: 'PT0.5S' });
    const startedMs = performance.now();
    app.signal('SIGTERM');
    expect(await app.exit()).toBe(1);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    expect(app.output).toContain('took longer than PT0.5S, giving up. Still running: finish-work: endless task');
    expect(app.output).not.toContain('Still running: finish-work: quick task');
  });

  it('goes on with the rest, and exits 0, when an action fails', async () => {
    await start({ FIXTURE: 'fails' });
    app.signal('SIGTERM');
    expect(await app.exit()).toBe(0);
    expect(app.output).toContain('flush: outbox failed');
    expect(app.output).toContain('the outbox is stuck');
  });

  it('is not impressed by a second SIGTERM: the deadline stands', async () => {
    await start({ FIXTURE: '' });
    app.signal('SIGTERM');
    await app.says('stop-intake');
    app.signal('SIGTERM');
    expect(await app.exit()).toBe(0);
  });

  it('takes two SIGINT of one key press for one, and ends at once on a later one', async () => {
    await start({ FIXTURE: 'hangs' });
    app.signal('SIGINT');
    await app.says('finish-work');
    app.signal('SIGINT');
    await delay(1_100);
    expect(app.output).not.toContain('Interrupted again');
    app.signal('SIGINT');
    expect(await app.exit()).toBe(130);
    expect(app.output).toContain('Interrupted again, ending at once. Still running: finish-work: endless task');
  });

  it('says that it is not ready any more before it stops', async () => {
    await start({ FIXTURE: 'hangs' });
    expect((await app.health('ready')).code).toBe(200);
    app.signal('SIGTERM');
    await app.says('finish-work');
    expect(await app.health('ready')).toEqual({
      code: 503,
      details: { process: { status: 'down', reason: 'shutting down' } },
    });
    expect((await app.health('live')).code).toBe(200);
  });

  it('exits 1 on an error nobody caught, and logs it', async () => {
    await start({ FIXTURE: 'rejects' });
    expect(await app.exit()).toBe(1);
    expect(app.output).toMatch(/"level":"fatal".*nobody awaits this.*Unhandled error, ending the process/);
  });
});
