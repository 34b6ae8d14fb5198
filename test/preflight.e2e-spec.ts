import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryRoot } from '../tools/repository-root';
import { budgetCreated, endingIn } from './support/budget-events';
import { WholeSystem } from './support/whole-system';

let system: WholeSystem;
let role: string | undefined;
beforeAll(async () => {
  system = await WholeSystem.prepare();
});
afterAll(async () => {
  if (role) await sql`drop owned by ${sql.id(role)}; drop role ${sql.id(role)}`.execute(system.db);
  await system?.end();
});

/** As a release pipeline runs it. */
async function preflight(env: Readonly<Record<string, string>> = {}): Promise<{ code: number; output: string }> {
  const program = join(repositoryRoot(), 'dist', 'tools', 'preflight.js');
  const run = promisify(execFile)(process.execPath, [program], { env: { ...process.env, ...system.env, ...env } });
  return run.then(
    ({ stdout }) => ({ code: 0, output: stdout }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, output: stdout + stderr }),
  );
}

/** A user that may look at tasks, and do nothing else. */
async function reader(): Promise<Readonly<Record<string, string>>> {
  role = `reader_${randomBytes(4).toString('hex')}`;
  await sql`create role ${sql.id(role)} login password 'look'`.execute(system.db);
  await sql`grant usage on schema tasks to ${sql.id(role)}`.execute(system.db);
  await sql`grant select on tasks.task to ${sql.id(role)}`.execute(system.db);
  const url = new URL(system.env['BUDGETBUDDY_POSTGRES_URL']!);
  [url.username, url.password] = [role, 'look'];
  return { BUDGETBUDDY_POSTGRES_URL: url.toString() };
}

describe('a build that cannot read a task that is open', () => {
  const [bad, soon, late] = [endingIn(3600), endingIn(8), endingIn(3600)].map((period) => budgetCreated(period));

  it('is told by the preflight of a release pipeline', async () => {
    expect(await preflight()).toEqual({ code: 0, output: 'No task is open.\n' });

    const scheduler = await system.start('scheduler');
    for (const budget of [bad!, soon!, late!]) await system.publish('BudgetCreated', budget);
    for (const budget of [bad!, soon!, late!]) await system.renewalIs('scheduled', budget);
    await scheduler.stop();
    const lookingOnly = await reader();
    const all = await preflight(lookingOnly);
    expect(all.output).toMatch(/budget_renewal_task +1 +3 +3 +0\n\n3 open tasks were read .*: this build can read all/);
    expect(all.code).toBe(0);

    await sql`update tasks.task set payload_version = 9 where key = ${`renew-budget-${bad!.budget_id}`}`.execute(
      system.db,
    );
    const some = await preflight(lookingOnly);
    expect(some.output.replace(/\d+\.\d s/, 'N s')).toBe(
      [
        'task                 version  open  readable  unreadable',
        'budget_renewal_task        1     2         2           0',
        'budget_renewal_task        9     1         0           1',
        '',
        'budget_renewal_task, version 9: this build cannot read',
        `  renew-budget-${bad!.budget_id}  NewerPayloadError: budget_renewal_task: the payload is of version 9; this build reads up to 1`,
        '',
        '3 open tasks were read in N s: this build cannot read 1, which would wait.',
        '',
      ].join('\n'),
    );
    expect(some.code).toBe(1);
  });

  it('says so when it starts as a worker, stays ready, and does the others on time', async () => {
    const worker = await system.start('worker');
    expect(worker.tail()).toMatch(/"unreadable":1.*open tasks cannot be read by this build/);
    const health = (await (await fetch(`${worker.address}/health/ready`)).json()) as { details: object };
    expect(health).toMatchObject({
      status: 'ok',
      details: {
        payloads: { status: 'up', degraded: expect.stringMatching(/^1 of \d open tasks cannot be read by this build/) },
      },
    });
    await system.renewalIs('succeeded', soon!);
    expect(await system.renewal(bad!.budget_id)).toMatchObject({ status: 'scheduled', attempts: 0 });
    expect(await worker.stop()).toEqual({ code: 0, signal: null });
  });

  it('cannot tell when there is no ledger, or no server', async () => {
    const nobody = await preflight({ BUDGETBUDDY_POSTGRES_URL: 'postgres://nobody:secret@127.0.0.1:1/none' });
    expect(nobody.code).toBe(2);
    expect(nobody.output).not.toContain('secret');
    // The database that tests make theirs beside.
    expect(await preflight({ BUDGETBUDDY_POSTGRES_URL: process.env['BUDGETBUDDY_POSTGRES_URL']! })).toEqual({
      code: 2,
      output: 'The database has no task ledger yet. Run `npm run migrate` first.\n',
    });
  });
});
