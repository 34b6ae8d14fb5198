// Makes a fresh clone ready, and then runs a command: node tools/ready.mjs [command] [argument…]
//
// Installs the packages when they are not those of package-lock.json, and builds when a source has changed since the
// last build. Needs nothing but Node and npm. Two at once take turns.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const builtFrom = join(root, 'dist', '.built-from');
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Whether node_modules holds what the lock file says. npm writes down there what it has installed. */
function isInstalled() {
  const wanted = readJson('package-lock.json')?.packages ?? {};
  const found = readJson('node_modules/.package-lock.json')?.packages;
  // Packages for other systems are in the lock file, and are not installed.
  const matches = ([path, { version, optional }]) => path === '' || optional || found[path]?.version === version;
  return found !== undefined && Object.entries(wanted).every(matches);
}

/** Changes with every change of what the build reads. */
function fingerprint() {
  const files = ['apps', 'libs', 'tools'].flatMap((folder) => listFiles(join(root, folder)));
  const settings = ['tsconfig.json', 'nest-cli.json', 'package-lock.json'].map((file) => join(root, file));
  const lines = [...files.filter(isSource), ...settings].map((file) => {
    const stat = statSync(file, { throwIfNoEntry: false });
    return `${file} ${stat?.size} ${stat?.mtimeMs}`;
  });
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

function isSource(file) {
  return !/\.(spec|int-spec)\.ts$|\.mjs$/.test(file);
}

function isBuilt() {
  return readText(builtFrom) === fingerprint();
}

async function prepare() {
  if (isInstalled() && isBuilt()) return;
  const unlock = await lock();
  try {
    if (!isInstalled()) await step('npm', ['ci', '--include=dev', '--no-audit', '--no-fund']);
    const sources = fingerprint();
    if (readText(builtFrom) === sources) return;
    await step('npm', ['run', 'build']);
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(builtFrom, sources);
  } finally {
    unlock();
  }
}

/** Runs a command that is heard of only when it fails. */
async function step(file, args) {
  const start = performance.now();
  process.stderr.write(`${file} ${args.join(' ')} … `);
  let output = '';
  const collect = (chunk) => (output += chunk);
  const ending = await run(file, args, 'pipe', collect);
  process.stderr.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`);
  if (ending.code === 0) return;
  process.stderr.write(output);
  finish(ending.signal ? ending : { code: ending.code || 1 });
}

/**
 * Runs a command to its end, whatever signals come: they are its business. Ctrl-C in a terminal reaches the command by
 * itself, anything else is passed on.
 */
function run(file, args, stdio, onOutput) {
  return new Promise((resolve) => {
    const PATH = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
    const child = spawn(file, args, { cwd: root, env: { ...process.env, PATH }, stdio: ['inherit', stdio, stdio] });
    const pass = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    const orphaned = whenOrphaned(() => child.kill('SIGTERM'));
    const end = (ending) => {
      clearInterval(orphaned);
      for (const signal of signals) process.off(signal, pass);
      resolve(ending);
    };
    for (const signal of signals) process.on(signal, pass);
    child.stdout?.on('data', onOutput);
    child.stderr?.on('data', onOutput);
    child.once('error', (error) => {
      process.stderr.write(`${file}: ${error.message}\n`);
      end({ code: 127 });
    });
    child.once('close', (code, signal) => end({ code, signal }));
  });
}

/** A signal to npm ends npm and its shell, which does not pass it on to us. Started otherwise we may outlive our parent. */
function whenOrphaned(action) {
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event) return undefined;
  return setInterval(() => {
    if (process.ppid !== parent) action();
  }, 500);
}

/** Ends this process as the command ended. */
function finish({ code, signal }) {
  process.exitCode = code ?? 1;
  if (signal) process.kill(process.pid, signal);
  else process.exit();
}

/** One at a time in this folder. The system takes the lock away from who dies with it. */
async function lock() {
  const name = `budget-buddy-tasks-ready-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`;
  const address = process.platform === 'linux' ? `\0${name}` : join(tmpdir(), name);
  for (let told = false; ; told = true) {
    const waiting = new Set();
    const server = createServer((socket) => waiting.add(socket.on('error', () => {})));
    const taken = await new Promise((resolve) => {
      server.once('error', resolve).listen(address, () => resolve(undefined));
    });
    if (!taken) {
      return () => {
        server.close();
        for (const socket of waiting) socket.destroy();
      };
    }
    if (taken.code !== 'EADDRINUSE') throw taken;
    if (!told) process.stderr.write('waiting for another one that makes this folder ready\n');
    await released(address);
  }
}

function released(address) {
  return new Promise((resolve) => {
    const socket = connect(address);
    socket.once('error', () => {
      // Elsewhere than on Linux the file of one that died stays.
      if (!address.startsWith('\0')) unlinkSync(address);
      resolve();
    });
    socket.once('close', () => setTimeout(resolve, 100));
    socket.resume();
  });
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? listFiles(path) : [path];
    })
    .sort();
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(file) {
  const text = readText(join(root, file));
  return text === undefined ? undefined : JSON.parse(text);
}

await prepare();
const [command, ...args] = process.argv.slice(2);
if (command) finish(await run(command, args, 'inherit'));
