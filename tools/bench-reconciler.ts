import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { schema } from '@budget-buddy/budgets';
import { describeError } from '@budget-buddy/platform';
import { isolate, TestBroker } from '@budget-buddy/testing';
import { endOnSignals } from './end-on-signals';
import { addOpenRows } from './reconciler-bench/open-rows';
import { type BenchPlace, type Phase, ReconcilerBench } from './reconciler-bench/reconciler-bench';
import { requireSingleServers, startServers } from './servers';

const USAGE = `Measures the reconciler on many open tasks: how long, how much memory, and what it does to live traffic.

  npm run bench:reconciler -- --rows 1000000 --quiet-seconds 30
`;

/** How much is measured. */
interface Size {
  readonly rows: number;
  readonly quietSeconds: number;
}

async function main(signal: AbortSignal): Promise<void> {
  const size = readSize();
  if (!size) return print(USAGE);
  requireSingleServers(process.env);
  const servers = await startServers({ onProgress: print, handleSignals: false, signal });
  try {
    Object.assign(process.env, servers.env);
    await onServers(size, signal);
  } finally {
    await servers.stop();
  }
}

function readSize(): Size | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { rows: text, 'quiet-seconds': text, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return undefined;
  return {
    rows: wholeNumber('rows', values.rows ?? '1000000'),
    quietSeconds: wholeNumber('quiet-seconds', values['quiet-seconds'] ?? '30'),
  };
}

/** Names of its own: on servers that were configured, nothing of anybody else's is touched. */
async function onServers(size: Size, signal: AbortSignal): Promise<void> {
  const own = await isolate(schema);
  const broker = await TestBroker.open();
  try {
    await measure(size, { database: own.database, broker, env: { ...own.env, ...broker.environment }, signal });
  } finally {
    await broker.drop();
    await own.drop();
  }
}

async function measure({ rows, quietSeconds }: Size, place: BenchPlace): Promise<void> {
  print(`adding ${rows} open tasks`);
  await addOpenRows(place.database, rows);
  const bench = new ReconcilerBench(place);
  try {
    const rebuild = await bench.rebuild();
    report('all timers missing', rebuild);
    report('nothing to compare', await bench.quiet(quietSeconds));
    const comparison = await bench.compare();
    report('all timers right', comparison);
    print(`worker: ${mb(rebuild.residentWhenReady)} resident when ready, ${mb(bench.mostResident)} at the most`);
    print(`Redis: ${Math.round(rebuild.bytesATimer)} bytes a timer`);
    print(`a page of 1000 after the first:\n${await bench.plan()}`);
    judge(rows, rebuild, comparison);
  } finally {
    await bench.end();
  }
}

/** @throws Error when the reconciler has not done what was measured. */
function judge(rows: number, rebuild: Phase, after: Phase): void {
  const set = rebuild.comparison!.missing;
  if (set < rows) throw new Error(`${set} timers were set, expected ${rows}`);
  const { compared, missing, unmended } = after.comparison!;
  if (compared < rows || missing + unmended > 0) {
    throw new Error(
      `after that ${compared} timers were compared and ${missing} set, expected ${rows} or more and none`,
    );
  }
}

function report(what: string, { comparison, traffic: { events, scheduled, late }, load }: Phase): void {
  const took = comparison
    ? `${(comparison.durationMs / 1000).toFixed(1)} s for ${comparison.compared} tasks; meanwhile `
    : '';
  print(
    `${what}: ${took}${events} events, in the ledger after ${scheduled.p50} ms (p99 ${scheduled.p99}), ` +
      `run ${late.p50} ms after they were due (p99 ${late.p99}); load ${load.toFixed(1)}`,
  );
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} is ${JSON.stringify(text)}, expected a whole number from 1`);
  return Number(text);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

endOnSignals(main).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exit(1);
  },
);
