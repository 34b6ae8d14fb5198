import { sql, type Kysely } from 'kysely';
import { createRetentionTable, type NamedMigration } from '@budget-buddy/platform';

/** The schema of the task ledger, forward and back. */
export const taskMigrations: readonly NamedMigration[] = [
  { name: '2026-11-22-tasks-1-ledger', migration: { up: createLedger, down: dropLedger } },
  { name: '2026-11-22-tasks-2-reconciliation', migration: { up: createReconciliation, down: dropReconciliation } },
  { name: '2026-11-24-tasks-1-limits', migration: { up: limitTasks, down: unlimitTasks } },
  { name: '2026-11-24-tasks-2-reconciler', migration: { up: createReconciler, down: dropReconciler } },
  { name: '2026-11-26-tasks-1-retention', migration: { up: createRetention, down: dropRetention } },
  { name: '2026-11-26-tasks-2-failed', migration: { up: indexFailed, down: unindexFailed } },
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

/**
 * What no part of this system writes, and none could read or count on from: `infinity`, years beyond 9999. `not valid`:
 * such a row that is there already stays, and the reconciler tells of it; it keeps no migration from running.
 */
async function limitTasks(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table tasks.task
      add constraint task_times_readable check (
        least(eta, due_at, created_at, updated_at, finished_at) >= '0001-01-01 00:00:00+00'
        and greatest(eta, due_at, created_at, updated_at, finished_at) < '10000-01-01 00:00:00+00') not valid,
      add constraint task_counts_in_range check (revision <= 1000000000 and attempts <= 1000000000) not valid,
      add constraint task_key_not_empty check (key <> '') not valid`.execute(db);
}

async function unlimitTasks(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table tasks.task
      drop constraint task_times_readable, drop constraint task_counts_in_range, drop constraint task_key_not_empty
  `.execute(db);
}

async function createReconciler(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table tasks.reconciler (
      only_row boolean primary key default true check (only_row),
      begun integer not null default 0,
      completed integer not null default 0,
      completed_at timestamptz,
      memories jsonb not null default '{}',
      timers_until timestamptz
    )`.execute(db);
  await sql`insert into tasks.reconciler default values`.execute(db);
  await sql`
    alter table tasks.reconciliation
      add column unmended integer not null default 0,
      add column unreadable integer not null default 0,
      add column entered integer not null default 0,
      add column beyond integer not null default 0`.execute(db);
}

async function dropReconciler(db: Kysely<unknown>): Promise<void> {
  await sql`drop table tasks.reconciler`.execute(db);
  await sql`
    alter table tasks.reconciliation
      drop column unmended, drop column unreadable, drop column entered, drop column beyond`.execute(db);
}

async function createRetention(db: Kysely<unknown>): Promise<void> {
  await createRetentionTable(db, 'tasks.retention');
  // Those that may leave, by their age. What it costs a task, and what others would cost: docs/retention.md.
  await sql`
    create index task_settled on tasks.task (name, finished_at) where status in ('succeeded', 'skipped')`.execute(db);
}

async function indexFailed(db: Kysely<unknown>): Promise<void> {
  // Found without a look at those that did not fail, and of no cost to them.
  await sql`create index task_failed on tasks.task (finished_at) where status = 'failed'`.execute(db);
}

async function unindexFailed(db: Kysely<unknown>): Promise<void> {
  await sql`drop index tasks.task_failed`.execute(db);
}

async function dropRetention(db: Kysely<unknown>): Promise<void> {
  await sql`drop index tasks.task_settled`.execute(db);
  await sql`drop table tasks.retention`.execute(db);
}
