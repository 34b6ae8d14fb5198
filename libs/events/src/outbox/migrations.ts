import { createRetentionTable, type NamedMigration } from '@budget-buddy/platform';
import { type Kysely, sql } from 'kysely';

/** The schema `events`, forward and back. */
export const eventMigrations: NamedMigration[] = [
  { name: '2026-11-22-events-1-outbox', migration: { up: createOutbox, down: dropOutbox } },
  { name: '2026-11-23-events-2-mandatory', migration: { up: addMandatory, down: dropMandatory } },
  { name: '2026-11-25-events-1-limits', migration: { up: limitOutbox, down: unlimitOutbox } },
  { name: '2026-11-26-events-1-retention', migration: { up: createRetention, down: dropRetention } },
];

async function createOutbox(db: Kysely<unknown>): Promise<void> {
  await sql`create schema events`.execute(db);
  await sql`
    create table events.outbox (
      id           bigint generated always as identity primary key,
      message_id   uuid not null unique,
      ordering_key text not null,
      partition    smallint not null generated always as (hashtext(ordering_key) & 15) stored,
      type         text not null,
      body         text not null,
      created_at   timestamptz not null,
      published_at timestamptz,
      refusals     integer not null default 0,
      last_error   text,
      retry_at     timestamptz
    )`.execute(db);
  // What is still to be done stays small and quick to find, however much was published.
  await sql`create index outbox_waiting on events.outbox (partition, id) where published_at is null`.execute(db);
  await sql`
    create index outbox_refused on events.outbox (ordering_key, id)
      where published_at is null and retry_at is not null`.execute(db);
}

async function dropOutbox(db: Kysely<unknown>): Promise<void> {
  await sql`drop schema events cascade`.execute(db);
}

async function addMandatory(db: Kysely<unknown>): Promise<void> {
  await sql`alter table events.outbox add column mandatory boolean not null default false`.execute(db);
}

async function dropMandatory(db: Kysely<unknown>): Promise<void> {
  await sql`alter table events.outbox drop column mandatory`.execute(db);
}

/**
 * What no relay could read or count on from, and would be stopped by: a row that somebody edits by hand is refused there
 * and then. `not valid`: one that is there already keeps no migration from running.
 */
async function limitOutbox(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table events.outbox
      add constraint outbox_times_readable check (
        least(created_at, published_at, retry_at) >= '0001-01-01 00:00:00+00'
        and greatest(created_at, published_at, retry_at) < '10000-01-01 00:00:00+00') not valid,
      add constraint outbox_counts_in_range check (
        id between 0 and 9007199254740991 and refusals between 0 and 1000000000) not valid`.execute(db);
}

async function unlimitOutbox(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table events.outbox
      drop constraint outbox_times_readable, drop constraint outbox_counts_in_range`.execute(db);
}

async function createRetention(db: Kysely<unknown>): Promise<void> {
  await createRetentionTable(db, 'events.retention');
}

async function dropRetention(db: Kysely<unknown>): Promise<void> {
  await sql`drop table events.retention`.execute(db);
}
