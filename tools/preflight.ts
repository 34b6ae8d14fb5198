import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { tasks } from '@budget-buddy/budgets';
import {
  Database,
  describeError,
  loadConfiguration,
  openDatabase,
  PostgresConfiguration,
} from '@budget-buddy/platform';
import { OpenPayloads, Preflight, TaskRegistry } from '@budget-buddy/tasks';
import { describeReport } from './preflight/describe-report';

const USAGE = `Tells whether this build can read every open task, before it is deployed. Changes nothing.

  npm run preflight    reads the payloads of all open tasks in the database at BUDGETBUDDY_POSTGRES_URL

Prints how many can be read by task and version, and the first that cannot. Exit code 0: all can be read. 1: some cannot;
workers of this build would leave those waiting. 2: it could not be told.
`;

/** PostgreSQL's code for a table that is not there. */
const UNDEFINED_TABLE = '42P01';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) return print(USAGE, 0);
  const db = openDatabase(loadConfiguration([PostgresConfiguration]).get(PostgresConfiguration));
  try {
    const payloads = new OpenPayloads(new Database(db));
    const startedMs = performance.now();
    const report = await new Preflight(payloads, new TaskRegistry(tasks)).run();
    const seconds = (performance.now() - startedMs) / 1000;
    return print(`${describeReport(report, seconds)}\n`, report.unreadable === 0 ? 0 : 1);
  } catch (error) {
    if ((error as { code?: string }).code !== UNDEFINED_TABLE) throw error;
    throw new Error('The database has no task ledger yet. Run `npm run migrate` first.', { cause: error });
  } finally {
    await db.destroy();
  }
}

function print(text: string, code: number): number {
  process.stdout.write(text);
  return code;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 2;
  },
);
