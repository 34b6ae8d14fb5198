import { sql, type Kysely } from 'kysely';
import type { NamedMigration } from '@budget-buddy/platform';

/** The schema of the task ledger, forward and back. */
export const taskMigrations: readonly NamedMigration[] = [
  { name: '2026-11-22-tasks-1-ledger', migration: { up: createLedger, down: dropLedger } },
  { name: '2026-11-22-tasks-2-reconciliation', migration: { up: createReconciliation, down: dropReconciliation } },
];

async function createLedger(db: Kysely<unknown>): Promise<void> {
  await sql`create schema tasks`.execute(db);
  await sql`
    create table tasks.task (
      key text primary key,
      name text not null,
      queue text not null,
      payload jsonb not null,
      payload_version integer not null default 1,
      status text not null
        check (status in ('scheduled', 'retrying', 'succeeded', 'skipped', 'failed', 'cancelled')),
      eta timestamptz not null,
      due_at timestamptz not null,
      revision integer not null default 1 check (revision > 0),
      attempts integer not null default 0 check (attempts >= 0),
      result jsonb,
      reason text,
      history jsonb not null default '[]',
      created_at timestamptz not null,
      updated_at timestamptz not null,
      finished_at timestamptz,
      check ((finished_at is null) = (status in ('scheduled', 'retrying')))
    )`.execute(db);
  // What is open, in the order it is due: the reconciler's walk. Settled rows are not in it.
  await sql`create index task_open on tasks.task (due_at, key) where finished_at is null`.execute(db);
}

async function dropLedger(db: Kysely<unknown>): Promise<void> {
  await sql`drop schema tasks cascade`.execute(db);
}

async function createReconciliation(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tasks.reconciliation (
      id bigint generated always as identity primary key,
      at timestamptz not null,
      scope text not null check (scope in ('soon', 'all')),
      duration_ms integer not null,
      compared integer not null,
      missing integer not null,
      drifted integer not null,
      stuck integer not null,
      extra integer not null,
      stranded integer not null
    )`.execute(db);
}

async function dropReconciliation(db: Kysely<unknown>): Promise<void> {
  await sql`drop table tasks.reconciliation`.execute(db);
}
