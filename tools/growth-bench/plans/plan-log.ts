import { open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Database } from '@budget-buddy/platform';
import { sql } from 'kysely';
import type { Plan } from './plan';
import { readPlans } from './read-plans';

const SETTINGS = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
};

/** A table of so many rows has to be read along an index. */
const BIG = 1_000;

/**
 * With fewer rows reading a table whole can be the quickest. The planner is told not to: a Seq Scan means then that there
 * is no index.
 */
const PLANNER_KNOWS_FROM = 50_000;

/**
 * The plans of the statements that the apps run, as PostgreSQL itself logs them (`auto_explain`): what is looked at are the
 * product's own statements, whatever they are, with their real parameters.
 */
export class PlanLog {
  /** PostgreSQL's processes that work for this very program. */
  private readonly ownPids = new Set<number>();

  private constructor(
    private readonly database: Database,
    private readonly path: string,
    private readonly start: number,
  ) {}

  /** From now on, of connections that are opened from now on. @param tasks rows of the ledger. */
  static async begin(database: Database, tasks: number): Promise<PlanLog> {
    const settings = { ...SETTINGS, ...(tasks < PLANNER_KNOWS_FROM && { enable_seqscan: 'off' }) };
    for (const [name, value] of Object.entries(settings)) await alter(database, name, value);
    const { rows } = await sql<{ data_directory: string }>`show data_directory`.execute(database.db);
    // Where tools/servers puts it.
    const path = join(dirname(rows[0]!.data_directory), 'postgres.log');
    return new PlanLog(database, path, (await stat(path)).size);
  }

  /** What the apps have run so far. */
  async plans(): Promise<Plan[]> {
    const { rows } = await sql<{ pid: number }>`
      select pid from pg_stat_activity where application_name = current_database()`.execute(this.database.db);
    for (const { pid } of rows) this.ownPids.add(pid);
    const file = await open(this.path);
    try {
      const { size } = await file.stat();
      const { buffer } = await file.read(Buffer.alloc(size - this.start), 0, size - this.start, this.start);
      return readPlans(buffer.toString()).filter(({ pid }) => !this.ownPids.has(pid));
    } finally {
      await file.close();
    }
  }

  /** The tables that have many rows. */
  async bigTables(): Promise<ReadonlySet<string>> {
    const { rows } = await sql<{ name: string }>`
      select relname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
      where relkind in ('r', 'p') and nspname in ('tasks', 'budgets', 'events') and reltuples >= ${BIG}`.execute(
      this.database.db,
    );
    return new Set(rows.map(({ name }) => name));
  }

  async end(): Promise<void> {
    await sql`do $$ begin execute format('alter database %I reset all', current_database()); end $$`.execute(
      this.database.db,
    );
  }
}

/** `alter database` takes no parameters. */
async function alter({ db }: Database, name: string, value: string): Promise<void> {
  const database = (await sql<{ name: string }>`select current_database() as name`.execute(db)).rows[0]!.name;
  await sql`alter database ${sql.id(database)} set ${sql.raw(name)} = ${sql.lit(value)}`.execute(db);
}
