import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@budget-buddy/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** npm takes about a second to start. */
const TIMEOUT_MS = 60_000;
const dependencies = { dependency: 'file:dependency.tgz' };

describe('making a clone ready', { timeout: TIMEOUT_MS }, () => {
  let clone: string;

  beforeEach(() => {
    clone = realpathSync(mkdtempSync(join(tmpdir(), 'ready-')));
    for (const folder of ['apps', 'libs', 'tools']) mkdirSync(join(clone, folder));
    copyFileSync(join(__dirname, 'ready.mjs'), join(clone, 'tools', 'ready.mjs'));
    write('apps/main.ts', 'export {}');
    write('tsconfig.json', '{}');
    write('nest-cli.json', '{}');
    setDependency('1.0.0');
    setBuild('echo built >> builds');
  });
  afterEach(() => rmSync(clone, { recursive: true, force: true, maxRetries: 5 }));

  const write = (file: string, content: unknown) =>
    writeFileSync(join(clone, file), typeof content === 'string' ? content : JSON.stringify(content));
  const setBuild = (build: string) => write('package.json', { name: 'clone', dependencies, scripts: { build } });
  /** A package that npm can install without a registry. */
  const setDependency = (version: string) => {
    mkdirSync(join(clone, 'package'), { recursive: true });
    write('package/package.json', { name: 'dependency', version });
    execFileSync('tar', ['-czf', 'dependency.tgz', 'package'], { cwd: clone });
    const packages = {
      '': { name: 'clone', dependencies },
      'node_modules/dependency': { version, resolved: 'file:dependency.tgz' },
    };
    write('package-lock.json', { name: 'clone', lockfileVersion: 3, packages });
  };
  const builds = () => readFileSync(join(clone, 'builds'), 'utf8').trim().split('\n').length;
  const ready = (...command: string[]) => new Ready(clone, command);

  it('installs and builds a fresh one, with one line for each and its time', async () => {
    const { code, stdout, stderr } = await ready().ended;
    expect(stderr).toMatch(/^npm ci .*… \d+\.\d s\nnpm run build … \d+\.\d s\n$/);
    expect(code).toBe(0);
    expect(stdout).toBe('');
    expect(existsSync(join(clone, 'node_modules', '.package-lock.json'))).toBe(true);
    expect(builds()).toBe(1);
  });

  it('does and says nothing when nothing has changed', async () => {
    await ready().ended;
    expect(await ready().ended).toMatchObject({ code: 0, stderr: '' });
    expect(builds()).toBe(1);
  });

  it.each(['apps/main.ts', 'apps/added.ts', 'tsconfig.json', 'nest-cli.json'])(
    'builds again after a change of %s',
    async (file) => {
      await ready().ended;
      write(file, '{ "changed": true }');
      expect((await ready().ended).stderr).toMatch(/^npm run build/);
      expect(builds()).toBe(2);
    },
  );

  it('builds again after a source is gone, but not after a change of a test', async () => {
    await ready().ended;
    write('apps/main.spec.ts', 'changed');
    expect((await ready().ended).stderr).toBe('');
    rmSync(join(clone, 'apps/main.ts'));
    expect((await ready().ended).stderr).toMatch(/^npm run build/);
  });

  it('installs again when the lock file asks for something else', async () => {
    await ready().ended;
    setDependency('1.0.1');
    expect((await ready().ended).stderr).toMatch(/^npm ci/);
    const installed = readFileSync(join(clone, 'node_modules', 'dependency', 'package.json'), 'utf8');
    expect(JSON.parse(installed)).toMatchObject({ version: '1.0.1' });
  });

  it('shows why a build failed, tries again next time, and does not run the command', async () => {
    setBuild('echo the reason; exit 2');
    for (let attempt = 1; attempt <= 2; attempt++) {
      const { code, stdout, stderr } = await ready('echo', 'command').ended;
      expect(stderr).toContain('the reason');
      expect(code).not.toBe(0);
      expect(stdout).toBe('');
    }
  });

  it('runs the command as if it were called itself, and ends as it ends', async () => {
    await ready().ended;
    const shell = ready('sh', '-c', 'echo out; echo err >&2; exit 3');
    expect(await shell.ended).toEqual({ code: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
    expect(await ready('sh', '-c', 'kill -TERM $$').ended).toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(await ready('no-such-command').ended).toMatchObject({ code: 127 });
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('passes %s on, and waits for the command', async (signal) => {
    await ready().ended;
    // Not a loop in sh: dash loses a signal that comes while it starts a command (its `onsig` returns when vforked).
    const tidy = `setTimeout(() => { console.log('tidied'); process.exit(5); }, 200)`;
    const command = `process.on('${signal}', () => ${tidy}); console.log('up'); setInterval(() => {}, 1000)`;
    const run = ready(process.execPath, '-e', command);
    await waitFor(() => run.stdout === 'up\n');
    run.child.kill(signal);
    expect(await run.ended).toMatchObject({ code: 5, stdout: 'up\ntidied\n' });
  });

  it('ends the command when npm is ended, whose shell passes no signal on', async () => {
    const file = join(clone, 'command.cjs');
    const log = (text: string) => `fs.appendFileSync('${file}.log', '${text}\\n')`;
    const onTerm = `process.on('SIGTERM', () => { ${log('tidied')}; process.exit(); })`;
    writeFileSync(file, `const fs = require('node:fs'); ${onTerm}; ${log('up')}; setInterval(() => {}, 1000);`);
    const script = `node tools/ready.mjs node ${file}`;
    write('package.json', { name: 'clone', dependencies, scripts: { build: 'true', script } });
    const npm = spawn('npm', ['run', 'script'], { cwd: clone });
    const logged = () => existsSync(`${file}.log`) && readFileSync(`${file}.log`, 'utf8');
    await waitFor(() => logged() === 'up\n', { timeoutMs: TIMEOUT_MS });
    npm.kill('SIGTERM');
    await waitFor(() => logged() === 'up\ntidied\n');
  });

  it('takes turns with another one', async () => {
    setBuild('echo start >> builds; sleep 0.3; echo end >> builds');
    const endings = await Promise.all([ready().ended, ready().ended, ready().ended]);
    expect(endings.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(readFileSync(join(clone, 'builds'), 'utf8')).toBe('start\nend\n');
  });

  it('does not wait for the command of another one', async () => {
    setBuild('echo built >> builds; sleep 0.3');
    const first = ready('sh', '-c', 'echo up; exec sleep 60');
    await waitFor(() => existsSync(join(clone, 'builds')), { timeoutMs: TIMEOUT_MS });
    expect(await ready('echo', 'second').ended).toMatchObject({ code: 0, stdout: 'second\n' });
    expect(first.stdout).toBe('up\n');
    first.child.kill('SIGTERM');
    await first.ended;
  });

  it('goes on when the one it waits for is killed', async () => {
    setBuild('echo built >> builds; while test ! -e go; do sleep 0.05; done');
    const first = ready();
    await waitFor(() => existsSync(join(clone, 'builds')), { timeoutMs: TIMEOUT_MS });
    const second = ready();
    await waitFor(() => second.stderr.includes('waiting'), { timeoutMs: TIMEOUT_MS });
    write('go', '');
    first.child.kill('SIGKILL');
    expect((await second.ended).code).toBe(0);
    expect(existsSync(join(clone, 'dist', '.built-from'))).toBe(true);
  });
});

interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

class Ready {
  readonly child: ChildProcess;
  readonly ended: Promise<Ending>;
  stdout = '';
  stderr = '';

  constructor(clone: string, command: string[]) {
    this.child = spawn(process.execPath, [join(clone, 'tools', 'ready.mjs'), ...command]);
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => resolve({ code, signal, stdout: this.stdout, stderr: this.stderr }));
    });
  }
}
