import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { schema } from '@budget-buddy/budgets';
import {
  describeError,
  listMigrations,
  loadConfiguration,
  migrate,
  openDatabase,
  PostgresConfiguration,
} from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';

const USAGE = `Brings the database at BUDGETBUDDY_POSTGRES_URL to the schema this version needs.

  npm run migrate                   runs all migrations that were not run yet
  npm run migrate -- --to <name>    forward or back, to just after that migration
  npm run migrate -- --to none      back to an empty database: all data is lost
  npm run migrate -- --list         shows all migrations and when each was run
`;

type Connection = ReturnType<typeof openDatabase>;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { to: { type: 'string' }, list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return report(USAGE);
  const configuration = loadConfiguration([PostgresConfiguration]).get(PostgresConfiguration);
  // A migration may take as long as it has to.
  const db = openDatabase({ ...configuration, statementTimeout: new Temporal.Duration() });
  try {
    await (values.list ? list(db) : run(db, values.to));
  } finally {
    await db.destroy();
  }
}

async function list(db: Connection): Promise<void> {
  for (const { name, executedAt } of await listMigrations(db, schema)) {
    report(`${executedAt ? executedAt.toISOString() : 'not run yet'.padEnd(24)}  ${name}\n`);
  }
}

async function run(db: Connection, to?: string): Promise<void> {
  const steps = await migrate(db, schema, to);
  for (const { name, direction } of steps) report(`${direction.padEnd(7)}  ${name}\n`);
  report(steps.length === 0 ? 'Nothing to do: the database is as it should be.\n' : `${steps.length} done.\n`);
}

function report(text: string): void {
  process.stdout.write(text);
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
});
