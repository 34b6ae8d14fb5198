import { waitFor } from '@budget-buddy/testing';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Plan } from '../tools/growth-bench/plans/plan';
import { budgetCreated } from './support/budget-events';
import { type Call, recordCalls } from './support/record-calls';
import { SystemOnVirtualClock } from './support/system-on-virtual-clock';

/** What becomes large. */
const TABLES = ['task', 'budget', 'deactivation', 'outbox'];

let system: SystemOnVirtualClock;
beforeAll(async () => {
  system = await SystemOnVirtualClock.start('2027-01-31T00:00:00Z');
});
afterAll(() => system?.close());

/** Each statement that a budget's life has the system send. */
async function statementsOfALife(): Promise<Call[]> {
  const calls = recordCalls();
  const budget = budgetCreated({ start_date: '2027-01-31T00:00:00Z', strategy: 'monthly' });
  await system.publish('BudgetCreated', budget);
  await system.publish('BudgetCreated', { ...budget, end_date: '2027-02-20T23:59:59Z' });
  // Time would move on to when it was due before.
  await system.renewalIs(({ revision }) => revision === 2, budget);
  await system.runNext();
  await system.runNext();
  const { body: last } = await waitFor(() => system.renewals[1]);
  await system.renewalIs(({ status }) => status === 'scheduled', last);
  await system.reconcile();
  await system.publish('BudgetDeactivated', { ...last, deactivation_date: system.clock.now().toString() });
  await system.renewalIs(({ status }) => status === 'cancelled', last);
  await system.forgetOld();
  const byText = new Map(calls.end().map((call) => [call.text, call]));
  return [...byText.values()].filter(({ sentWith }) => sentWith.length > 0);
}

/** Nodes that have all of their input before they give anything out. */
const READS_ALL = /^(Hash|Sort|Aggregate|Materialize|Memoize)$/;

type Node = Plan['root'] & { readonly 'Index Cond'?: string; readonly Plans?: readonly Node[] };

/** The first column of each index: a condition on the others alone has all of it read. */
const firstColumns = new Map<string, string>();
beforeAll(async () => {
  const { rows } = await sql<{ index: string; column: string }>`
    select indexrelid::regclass::text as index, attname as column from pg_index
    join pg_attribute on attrelid = indrelid and attnum = indkey[0]`.execute(system.database.db);
  for (const { index, column } of rows) firstColumns.set(index.split('.').at(-1)!, column);
});

const isNarrowed = ({ 'Index Cond': condition = '', 'Index Name': index = '' }: Node) =>
  condition.includes(firstColumns.get(index) ?? 'no index');

/** What a plan reads from beginning to end, where it need not end sooner. */
function readWhole(node: Node, limited = false): string[] {
  const { 'Node Type': type, 'Relation Name': table, 'Index Name': index, Plans: parts = [] } = node;
  const isScan = type === 'Seq Scan' ? TABLES.includes(table!) : type.includes('Index') && isOfTables(index!);
  const reads = isScan && !limited && !isNarrowed(node) ? [`${type} of ${table ?? index}`] : [];
  const ends = !READS_ALL.test(type) && (limited || type === 'Limit');
  return [...reads, ...parts.flatMap((part) => readWhole(part, ends))];
}

const isOfTables = (index: string) => TABLES.some((table) => index.startsWith(table)) || index.startsWith('budget_');

it('keeps no plan, once prepared, that reads a large table as a whole, though all were empty then', async () => {
  const { db } = system.database;
  for (const table of ['tasks.task', 'budgets.budget', 'budgets.deactivation', 'events.outbox']) {
    await sql.raw(`analyze ${table}`).execute(db);
  }
  const statements = await statementsOfALife();
  expect(statements.length).toBeGreaterThan(15);
  const plans = await db.transaction().execute(async (tx) => {
    await sql`set local plan_cache_mode = force_generic_plan`.execute(tx);
    const found: Record<string, string[]> = {};
    for (const { text, sentWith } of statements) {
      if (!/^\s*(select|insert|update|delete|with)/i.test(text)) continue;
      await sql.raw(`prepare kept as ${text}`).execute(tx);
      const values = sentWith.map(literal).join(', ');
      const { rows } = await sql
        .raw<{ 'QUERY PLAN': [{ Plan: Node }] }>(`explain (format json) execute kept (${values})`)
        .execute(tx);
      await sql`deallocate kept`.execute(tx);
      found[text.trim().slice(0, 200)] = readWhole(rows[0]!['QUERY PLAN'][0].Plan);
    }
    return found;
  });
  expect(Object.entries(plans).filter(([, reads]) => reads.length > 0)).toEqual([]);
});

/** As node-postgres sends it. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((item) => JSON.stringify(item)).join(',')}}`);
  return pg.escapeLiteral(typeof value === 'string' ? value : JSON.stringify(value));
}
