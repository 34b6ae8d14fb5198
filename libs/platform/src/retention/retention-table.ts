import { type Kysely, sql } from 'kysely';

/** Creates the table of a {@link RetentionLease}, for a lib's migration; it goes back with `drop table`. */
export async function createRetentionTable(db: Kysely<unknown>, table: string): Promise<void> {
  await sql`
    create table ${sql.table(table)} (
      only_row boolean primary key default true check (only_row),
      holder uuid,
      held_until timestamptz not null default now()
    )`.execute(db);
  await sql`insert into ${sql.table(table)} default values`.execute(db);
}
