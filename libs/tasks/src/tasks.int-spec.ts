import { Injectable, Logger } from '@nestjs/common';
import { IsBoolean, IsOptional, IsString } from 'class-validator';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DatabaseUnavailableError, type NamedMigration, type Tx } from '@budget-buddy/platform';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import {
  HandlesTask,
  PermanentTaskError,
  skip,
  Task,
  type TaskContext,
  type TaskFailure,
  type TaskHandler,
  TaskNotFoundError,
  TaskStateError,
  TaskTimers,
} from '.';

@Task<WriteLetter>({ name: 'write_letter', queue: 'budget_renewal_queue', key: ({ to }) => `letter-${to}` })
class WriteLetter {
  @IsString() to!: string;
  @IsOptional() @IsBoolean() urgent?: boolean;
}

const letters: NamedMigration = {
  name: '2026-01-01-letters',
  migration: {
    up: (db) =>
      sql`create table letter (id bigint generated always as identity, addressee text, remark text)`
        .execute(db)
        .then(() => undefined),
  },
};

/** What the next runs of the handler do before they end. */
const script: ((context: TaskContext) => unknown)[] = [];

@Injectable()
@HandlesTask(WriteLetter)
class WriteLetterHandler implements TaskHandler<WriteLetter> {
  async handle(task: WriteLetter, context: TaskContext): Promise<unknown> {
    await write(context.transaction, task.to, `attempt ${context.attempt}`);
    return script.shift()?.(context) ?? { to: task.to };
  }

  async failed(task: WriteLetter, failure: TaskFailure, context: TaskContext): Promise<void> {
    await write(context.transaction, task.to, `gave up after ${failure.attempts}: ${failure.error}`);
  }
}

async function write(tx: Tx, to: string, remark: string): Promise<void> {
  await sql`insert into letter (addressee, remark) values (${to}, ${remark})`.execute(tx);
}

function throwing(error: Error): () => never {
  return () => {
    throw error;
  };
}

describe('a task', () => {
  let bench: TaskBench;
  let number = 0;

  const newPayload = () => ({ to: `person-${++number}` });
  const keyOf = ({ to }: { to: string }) => `letter-${to}`;
  const eta = () => bench.clock.now().add({ hours: 24 * 30 });
  const remarks = async ({ to }: { to: string }) => {
    const { rows } = await sql<{
      remark: string;
    }>`select remark from letter where addressee = ${to} order by id`.execute(bench.database.db);
    return rows.map((row) => row.remark);
  };
  const settled = (key: string) =>
    waitFor(async () => (await bench.ledger.find(key))?.finishedAt && bench.ledger.find(key));

  beforeAll(async () => {
    bench = await TaskBench.start({ tasks: [WriteLetter], providers: [WriteLetterHandler], migrations: [letters] });
  });

  afterAll(() => bench.close());

  it('waits in the ledger and in Redis, and runs once when it is due', async () => {
    const payload = newPayload();
    const scheduled = await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    expect(scheduled).toMatchObject({ key: keyOf(payload), status: 'scheduled', created: true });
    expect(await bench.due.runNext()).toMatchObject({ status: 'succeeded', result: payload, attempts: 0 });
    expect(await remarks(payload)).toEqual(['attempt 1']);
  });

  it('is one task, however often it is scheduled', async () => {
    const payload = newPayload();
    const when = { eta: eta() };
    const all = await Promise.all(
      Array.from({ length: 10 }, () => bench.scheduler.schedule(WriteLetter, payload, when)),
    );
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    await bench.due.runNext();
    expect(await bench.scheduler.schedule(WriteLetter, payload, when)).toMatchObject({
      status: 'succeeded',
      created: false,
    });
    expect(await remarks(payload)).toEqual(['attempt 1']);
  });

  it('has its effect once when its timer fires twice', async () => {
    const payload = newPayload();
    const due = bench.clock.now();
    await bench.scheduler.schedule(WriteLetter, payload, { eta: due });
    const task = (await bench.ledger.find(keyOf(payload)))!;
    const { queue } = (await bench.get(TaskTimers).find(task))!;
    await queue.add(task.name, { key: task.key, revision: task.revision }, { jobId: 'the-same-again' });
    await settled(task.key);
    const again = await waitFor(async () => {
      const job = await queue.getJob('the-same-again');
      return job?.finishedOn ? job : undefined;
    });
    expect(again.returnvalue).toMatchObject({ status: expect.stringMatching(/nothing-to-do|succeeded/) });
    expect(await remarks(payload)).toEqual(['attempt 1']);
  });

  it('is not scheduled when the transaction it belongs to is rolled back', async () => {
    const payload = newPayload();
    const rolledBack = bench.database.transaction(async (transaction) => {
      await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() }, { transaction });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await bench.ledger.find(keyOf(payload))).toBeUndefined();
  });

  it('is taken back by its key, and its timer finds nothing to do', async () => {
    const payload = newPayload();
    await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    const before = (await bench.ledger.find(keyOf(payload)))!;
    expect(await bench.scheduler.cancel(keyOf(payload), { reason: 'moved away' })).toBe(true);
    expect(await bench.ledger.find(keyOf(payload))).toMatchObject({ status: 'cancelled', reason: 'moved away' });
    expect(await bench.get(TaskTimers).find(before)).toBeNull();
    expect(await bench.scheduler.cancel(keyOf(payload), { reason: 'again' })).toBe(false);
  });

  it('is moved to another time, and its old timer does nothing', async () => {
    const payload = newPayload();
    const [first, second] = [eta(), eta().add({ hours: 24 })];
    await bench.scheduler.schedule(WriteLetter, payload, { eta: first });
    const old = (await bench.ledger.find(keyOf(payload)))!;
    const moved = await bench.scheduler.schedule(WriteLetter, payload, { eta: second }, { ifOpen: 'move' });
    expect(moved).toMatchObject({ moved: true, dueAt: second });
    const { queue } = (await bench.get(TaskTimers).find((await bench.ledger.find(old.key))!))!;
    const stale = await queue.add(old.name, { key: old.key, revision: old.revision }, { jobId: 'stale' });
    await stale.finished();
    expect(await remarks(payload)).toEqual([]);
    await bench.due.runNext();
    expect(bench.clock.now()).toEqual(second);
    expect(await remarks(payload)).toEqual(['attempt 1']);
  });

  it('has what was said last, when it is moved with another payload', async () => {
    const payload = newPayload();
    await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    const due = eta();
    const urgent = { ...payload, urgent: true };
    const moved = await bench.scheduler.schedule(WriteLetter, urgent, { eta: due }, { ifOpen: 'move' });
    expect(moved).toMatchObject({ moved: true });
    expect((await bench.ledger.find(keyOf(payload)))?.payload).toEqual(urgent);
    expect(await bench.scheduler.schedule(WriteLetter, urgent, { eta: due }, { ifOpen: 'move' })).toMatchObject({
      moved: false,
    });
    await bench.due.runNext();
  });

  it('is recorded as failed whatever the error says', async () => {
    const payload = newPayload();
    script.push(throwing(new PermanentTaskError('NUL \0 and half a pair \ud83d')));
    await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    expect(await bench.due.runNext()).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('stays where it is when it is scheduled again without being moved', async () => {
    const payload = newPayload();
    const first = eta();
    await bench.scheduler.schedule(WriteLetter, payload, { eta: first });
    const again = await bench.scheduler.schedule(WriteLetter, payload, { countdown: 'PT1H' });
    expect(again).toMatchObject({ created: false, moved: false, dueAt: first });
    await bench.due.runNext();
  });

  it('is retried after 60, 120 and 180 s, leaves no effect of failed tries, and is then failed, kept and replayable', async () => {
    const payload = newPayload();
    const start = bench.clock.now().add({ hours: 1 });
    script.push(...Array.from({ length: 4 }, () => throwing(new Error('no stamps'))));
    await bench.scheduler.schedule(WriteLetter, payload, { eta: start });
    const dueTimes = [];
    for (let run = 0; run < 4; run++) dueTimes.push((await bench.due.runNext())!.dueAt.since(start).total('seconds'));
    expect(dueTimes).toEqual([60, 180, 360, 360]);

    const failed = (await bench.ledger.find(keyOf(payload)))!;
    expect(failed).toMatchObject({
      status: 'failed',
      attempts: 4,
      reason: 'Error: no stamps (all 3 retries are spent)',
    });
    expect(failed.history).toHaveLength(4);
    expect(failed.history[0]).toMatchObject({
      what: 'attempt',
      attempt: 1,
      outcome: 'failed',
      error: 'Error: no stamps',
    });
    expect(await remarks(payload)).toEqual(['gave up after 4: Error: no stamps']);

    await bench.scheduler.replay(keyOf(payload));
    expect(await settled(keyOf(payload))).toMatchObject({ status: 'succeeded', result: payload, reason: null });
    expect(await remarks(payload)).toEqual(['gave up after 4: Error: no stamps', 'attempt 1']);
  });

  it('fails at once on a permanent error', async () => {
    const payload = newPayload();
    script.push(throwing(new PermanentTaskError('address unknown')));
    await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    expect(await bench.due.runNext()).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('is recorded as skipped, with the reason, when there is nothing to do', async () => {
    const payload = newPayload();
    script.push(() => skip('has moved'));
    await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    expect(await bench.due.runNext()).toMatchObject({ status: 'skipped', reason: 'has moved' });
  });

  it('has failed, and left nothing, when its result does not survive JSON', async () => {
    const payload = newPayload();
    script.push(() => ({ total: 1n }));
    await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    const task = await bench.due.runNext();
    expect(task).toMatchObject({ status: 'retrying', attempts: 1 });
    expect(task!.history[0]).toMatchObject({ error: expect.stringContaining('cannot be written as JSON') });
    expect(await bench.due.runNext()).toMatchObject({ status: 'succeeded' });
    expect(await remarks(payload)).toEqual(['attempt 2']);
  });

  it('uses up no retry when PostgreSQL was away while it ran', async () => {
    const payload = newPayload();
    script.push(throwing(new DatabaseUnavailableError(new Error('connection lost'))));
    await bench.scheduler.schedule(WriteLetter, payload, { eta: bench.clock.now() });
    const task = await settled(keyOf(payload));
    expect(task).toMatchObject({ status: 'succeeded', attempts: 0 });
    expect(task.history).toHaveLength(1);
  });

  it('gets its timer back when Redis lost it', async () => {
    const payload = newPayload();
    const due = bench.clock.now();
    await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    const task = (await bench.ledger.find(keyOf(payload)))!;
    await (await bench.get(TaskTimers).find(task))!.remove();
    bench.clock.advanceTo(task.dueAt);
    expect(await settled(keyOf(payload))).toMatchObject({ status: 'succeeded' });
    expect(due).not.toEqual(task.dueAt);
  });

  it('cannot be moved or replayed when there is none, or it is settled', async () => {
    await expect(bench.scheduler.reschedule('letter-nobody', { countdown: 'PT1S' })).rejects.toThrow(TaskNotFoundError);
    const payload = newPayload();
    await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    await expect(bench.scheduler.replay(keyOf(payload))).rejects.toThrow(TaskStateError);
    await bench.due.runNext();
    await expect(bench.scheduler.reschedule(keyOf(payload), { countdown: 'PT1S' })).rejects.toThrow(
      /is succeeded, expected a task that is open/,
    );
  });

  it('is put aside with a clear record when it is a job that somebody made by hand', async () => {
    const error = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const payload = newPayload();
    await bench.scheduler.schedule(WriteLetter, payload, { eta: eta() });
    const { queue } = (await bench.get(TaskTimers).find((await bench.ledger.find(keyOf(payload)))!))!;
    const job = await queue.add('write_letter', { by: 'hand' });
    await expect(job.finished()).rejects.toThrow("expected { key: a task's key, revision: whole number }");
    expect(error).toHaveBeenCalled();
    error.mockRestore();
  });
});
