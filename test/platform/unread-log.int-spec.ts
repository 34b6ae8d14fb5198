import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { waitFor } from '@budget-buddy/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../tools/servers/free-port';

/** What a pipe of Linux holds. */
const PIPE_BYTES = 65_536;

let folder: string;
let app: ChildProcess;
let exited: Promise<unknown[]>;
let stdout: number;
let port: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'unread-log-'));
});

afterEach(() => {
  app.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** With a real pipe as its stdout, whose reading end the test holds: Node would give the child a socket. */
async function spawnApp(env: Record<string, string>): Promise<void> {
  const pipe = join(folder, 'stdout');
  spawnSync('mkfifo', [pipe]);
  stdout = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  const writingEnd = openSync(pipe, constants.O_WRONLY);
  port = await freePort();
  app = spawn(process.execPath, ['--require', './test/run-typescript.cjs', './test/platform/fixture-app.ts'], {
    env: { ...process.env, BUDGETBUDDY_LOG_FORMAT: 'json', FIXTURE_PORT: String(port), ...env },
    stdio: ['ignore', writingEnd, 'inherit'],
  });
  exited = once(app, 'exit');
  closeSync(writingEnd);
}

async function start(env: Record<string, string>): Promise<void> {
  await spawnApp(env);
  await waitFor(() => isAlive(), { description: 'the app to be up' });
}

const isAlive = async () => (await fetch(`http://127.0.0.1:${port}/health/live`)).ok;

/** The exit code after SIGTERM, and how long that took. */
async function end(): Promise<{ code: unknown; ms: number }> {
  const startedMs = performance.now();
  app.kill('SIGTERM');
  const [code] = await exited;
  return { code, ms: performance.now() - startedMs };
}

async function readLines(): Promise<{ level: string; msg: string }[]> {
  const everything = await text(new Socket({ fd: stdout }));
  return everything
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string });
}

describe('an app whose reader is gone', () => {
  /** So that it finds out when it says more than it has ever said. */
  const quiet = { BUDGETBUDDY_LOG_LEVEL: 'warn', FIXTURE_LINES: '100' };

  it.each([
    ['in good order with 0', 'chatters', 0],
    ['with 1 when it has to give up', 'hangs', 1],
  ])('works on, and ends %s', async (_, fixture, expected) => {
    await start({ ...quiet, FIXTURE: fixture, BUDGETBUDDY_SHUTDOWN_TIMEOUT: 'PT2S' });
    closeSync(stdout);
    expect(await isAlive()).toBe(true);
    const { code, ms } = await end();
    expect(code).toBe(expected);
    expect(ms).toBeLessThan(10_000);
  });

  it('ends with 1 on an error nobody caught', async () => {
    await spawnApp({ ...quiet, FIXTURE: 'chatters,rejects' });
    closeSync(stdout);
    expect(await exited).toEqual([1, null]);
  });
});

describe('an app whose reader does not read', () => {
  it.each([
    ['in good order with 0', 'chatters', 0],
    ['with 1 when it has to give up', 'chatters,hangs', 1],
  ])('works on, and ends %s', async (_, fixture, expected) => {
    await start({ FIXTURE: fixture, FIXTURE_LINES: '1000', BUDGETBUDDY_SHUTDOWN_TIMEOUT: 'PT2S' });
    expect(await isAlive()).toBe(true);
    const { code, ms } = await end();
    expect(code).toBe(expected);
    expect(ms).toBeLessThan(10_000);
    closeSync(stdout);
  });

  it('shows all of its log to one who reads late', async () => {
    await start({ FIXTURE: 'chatters', FIXTURE_LINES: '3000' });
    const [lines, { code }] = await Promise.all([readLines(), end()]);
    expect(code).toBe(0);
    expect(JSON.stringify(lines).length).toBeGreaterThan(40 * PIPE_BYTES);
    const numbers = lines.flatMap(({ msg }) => /^line (\d+)/.exec(msg)?.[1] ?? []).map(Number);
    expect(numbers).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1));
    expect(lines.at(-1)?.msg).toBe('Shut down, everything is done');
  });

  it('drops what would fill its memory, and says how much', async () => {
    await start({ FIXTURE: 'chatters', FIXTURE_LINES: '20000' });
    const [lines] = await Promise.all([readLines(), end()]);
    const shown = lines.filter(({ msg }) => msg.startsWith('line ')).length;
    const [notice] = lines.filter(({ msg }) => msg.includes('dropped'));
    expect(notice).toMatchObject({
      level: 'warn',
      msg: expect.stringMatching(/^\d+ lines were dropped here: nobody read stdout$/),
    });
    // What the app says of itself may be among them.
    const others = Number.parseInt(notice!.msg) - (20_000 - shown);
    expect(others).toBeGreaterThanOrEqual(0);
    expect(others).toBeLessThan(20);
    expect(lines.at(-1)?.msg).toBe('Shut down, everything is done');
  });
});
