import { describe, expect, it } from 'vitest';
import { judgePlans } from './judge-plans';
import { type Plan, scansOf } from './plan';
import { readPlans } from './read-plans';

const LOG = `2026-11-22 12:00:00.000 UTC [4711] LOG:  duration: 0.052 ms  plan:
\t{
\t  "Query Text": "select *\\n  from \\"tasks\\".\\"task\\" where \\"key\\" = $1 for update",
\t  "Plan": {
\t    "Node Type": "LockRows", "Shared Hit Blocks": 4, "Shared Read Blocks": 1, "Actual Total Time": 0.04,
\t    "Plans": [{ "Node Type": "Index Scan", "Relation Name": "task", "Index Name": "task_pkey" }]
\t  }
\t}
2026-11-22 12:00:00.001 UTC [4712] LOG:  checkpoint starting: immediate
2026-11-22 12:00:00.002 UTC [4712] LOG:  duration: 9.1 ms  plan:
\t{
\t  "Query Text": "select 1 from events.outbox",
\t  "Plan": { "Node Type": "Aggregate", "Plans": [
\t    { "Node Type": "Gather", "Plans": [
\t      { "Node Type": "Seq Scan", "Parallel Aware": true, "Relation Name": "outbox" }] }] }
\t}
2026-11-22 12:00:00.003 UTC [4713] LOG:  duration: 9.1 ms  plan:
\t{
\t  "Query Text": "is being wri`;

const plans = readPlans(LOG);
const claim = plans[0]!;

it('reads the plans in a log, and nothing that is not at its end', () => {
  expect(plans.map(({ pid }) => pid)).toEqual([4711, 4712]);
  expect(claim.text).toBe('select * from "tasks"."task" where "key" = $1 for update');
  expect(scansOf(claim)).toEqual(['Index Scan of task by task_pkey']);
});

describe('the judgement of plans', () => {
  it('knows a hot statement by its text, and tells how it was run', () => {
    const { findings } = judgePlans(10, plans, new Set());
    expect(findings).toEqual([
      { title: 'claim of a task by its key', scans: ['Index Scan of task by task_pkey'], blocks: 5, ms: 0.04 },
    ]);
  });

  it('finds fault with a big table that is read whole, at whatever depth, and with no other', () => {
    expect(judgePlans(10, plans, new Set(['outbox', 'task'])).faults).toContain(
      'Seq Scan of outbox: select 1 from events.outbox',
    );
    expect(judgePlans(10, plans, new Set(['task'])).faults.join()).not.toContain('Seq Scan');
  });

  it.each([
    [
      'without a condition',
      { 'Actual Rows': 1, 'Rows Removed by Filter': 9_999 },
      ['all of task_open is read: select'],
    ],
    ['again and again', { 'Actual Rows': 100, 'Actual Loops': 100 }, ['all of task_open is read: select']],
    ['along a condition', { 'Actual Rows': 10_000, 'Index Cond': '(due_at < $1)' }, []],
    ['for a page', { 'Actual Rows': 1_000 }, []],
  ])('looks for an index that is read whole: %s', (_, actual, faults) => {
    const scan = { 'Node Type': 'Index Scan', 'Relation Name': 'task', 'Index Name': 'task_open', ...actual };
    const plan: Plan = { pid: 1, text: 'select', root: { 'Node Type': 'Limit', Plans: [scan] } };
    expect(judgePlans(10, [plan], new Set()).faults.filter((fault) => fault.includes('task_open'))).toEqual(faults);
  });

  it('finds fault with hot statements that were never run: nothing is known of them', () => {
    expect(judgePlans(10, plans, new Set()).faults).toEqual([
      "the reconciler's page: no such statement was run",
      "the relay's page of the outbox: no such statement was run",
      'the renewal of a budget: no such statement was run',
    ]);
  });

  it.each([
    ["the reconciler's page", 'select "key" from "tasks"."task" where true order by "due_at", "key" limit $1'],
    ["the relay's page of the outbox", 'select "o"."id" from "events"."outbox" as "o" where true order by "o"."id"'],
    ['the renewal of a budget', 'select (select "id" from "budgets"."budget" where "renewal_of" = $1) as "renewedBy"'],
  ])('knows %s', (title, text) => {
    const plan: Plan = { ...claim, text };
    expect(judgePlans(10, [plan], new Set()).findings.map((finding) => finding.title)).toEqual([title]);
  });
});
