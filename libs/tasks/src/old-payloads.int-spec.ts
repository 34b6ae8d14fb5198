import { Injectable, Logger } from '@nestjs/common';
import { IsIn, IsString } from 'class-validator';
import { sql } from 'kysely';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TaskBench, waitFor } from '@budget-buddy/testing';
import { HandlesTask, PermanentTaskError, Task, type TaskHandler, TimerReconciliation } from '.';

const queue = 'budget_renewal_queue';

/** As the build before wrote it. */
@Task<PackV1>({ name: 'pack', queue, key: ({ box }) => `pack-${box}` })
class PackV1 {
  @IsString() box!: string;
}

/** As this build does: `box` is called `id`, and a box has a size. */
@Task<Pack>({
  name: 'pack_box',
  aliases: ['pack'],
  version: 2,
  upcasters: { 1: ({ box, ...rest }) => ({ ...rest, id: box, size: 'small' }) },
  queue,
  key: ({ id }) => `pack-${id}`,
})
class Pack {
  @IsString() id!: string;
  @IsIn(['small', 'large']) size!: string;
}

const packed: Pack[] = [];
const givenUp: Pack[] = [];
const errors: Error[] = [];

@Injectable()
@HandlesTask(Pack)
class PackHandler implements TaskHandler<Pack> {
  async handle(task: Pack): Promise<void> {
    packed.push(task);
    const error = errors.shift();
    if (error) throw error;
  }

  async failed(task: Pack): Promise<void> {
    givenUp.push(task);
  }
}

describe('a task whose payload another build wrote', () => {
  let bench: TaskBench;
  let number = 0;
  let id: string;
  const key = () => `pack-${id}`;
  const row = async () => (await bench.ledger.find(key()))!;
  const inAnHour = () => bench.clock.now().add({ hours: 1 });
  const edit = (set: ReturnType<typeof sql>) =>
    sql`update tasks.task set ${set} where key = ${key()}`.execute(bench.database.db);
  const writtenBefore = async (eta = inAnHour()) => {
    await bench.scheduler.schedule(PackV1, { box: id }, { eta });
    return row();
  };
  const errorLines = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);

  beforeAll(async () => {
    process.env.BUDGETBUDDY_RECONCILE_INTERVAL = 'PT1H';
    bench = await TaskBench.start({ tasks: [Pack], providers: [PackHandler] });
  });
  afterAll(async () => {
    errorLines.mockRestore();
    await bench.close();
  });
  beforeEach(() => {
    id = `b${++number}`;
    packed.length = givenUp.length = 0;
    errorLines.mockClear();
  });

  it('keeps its version in the ledger, and is brought up to date when it runs', async () => {
    expect(await writtenBefore()).toMatchObject({ name: 'pack', payload: { box: id }, payloadVersion: 1 });
    expect(await bench.due.runNext()).toMatchObject({ status: 'succeeded', payload: { box: id }, payloadVersion: 1 });
    expect(packed).toEqual([Object.assign(new Pack(), { id, size: 'small' })]);
    expect(packed[0]).toBeInstanceOf(Pack);
  });

  it('is of the current version when this build writes it', async () => {
    await bench.scheduler.schedule(Pack, { id, size: 'large' }, { eta: inAnHour() });
    expect(await row()).toMatchObject({ payloadVersion: 2 });
    await bench.due.runNext();
    expect(packed).toEqual([{ id, size: 'large' }]);
  });

  it('is not moved when it means what is said now', async () => {
    const before = await writtenBefore();
    const again = await bench.scheduler.schedule(Pack, { id, size: 'small' }, before, { ifOpen: 'move' });
    expect(again).toMatchObject({ moved: false });
    expect(await row()).toEqual(before);
    await bench.due.runNext();
  });

  it.each(['size', 'time'])('is moved, and of the current version, when its %s is another one now', async (what) => {
    const { eta } = await writtenBefore();
    const now = what === 'size' ? { size: 'large', eta } : { size: 'small', eta: eta.add({ minutes: 1 }) };
    const moved = await bench.scheduler.schedule(Pack, { id, size: now.size }, now, { ifOpen: 'move' });
    expect(moved).toMatchObject({ moved: true });
    expect(await row()).toMatchObject({ payload: { id, size: now.size }, payloadVersion: 2, revision: 2 });
    await bench.due.runNext();
    expect(packed).toEqual([{ id, size: now.size }]);
  });

  it('keeps its payload and its version, to the last digit, when only its time is changed', async () => {
    await writtenBefore();
    await edit(sql`payload = '{"box": 12345678901234567890123}'`);
    await bench.scheduler.reschedule(key(), { eta: inAnHour().add({ hours: 1 }) });
    const { rows } = await sql<{ text: string }>`
      select payload::text || payload_version as text from tasks.task where key = ${key()}
    `.execute(bench.database.db);
    expect(rows[0]?.text).toBe('{"box": 12345678901234567890123}1');
    await bench.scheduler.cancel(key(), { reason: 'done' });
  });

  it('is told to failed() up to date, and is run up to date when it is replayed', async () => {
    await writtenBefore();
    errors.push(new PermanentTaskError('no tape'));
    expect(await bench.due.runNext()).toMatchObject({ status: 'failed', payloadVersion: 1 });
    expect(givenUp).toEqual([{ id, size: 'small' }]);
    await bench.scheduler.replay(key());
    await waitFor(async () => (await row()).finishedAt);
    expect(await row()).toMatchObject({ status: 'succeeded', payloadVersion: 1, reason: null });
    expect(packed).toHaveLength(2);
  });

  describe('and which this build cannot read', () => {
    const unreadable = [
      ['is of a newer version', sql`payload_version = 3`, 'the payload is of version 3; this build reads up to 2'],
      ['has another shape', sql`payload = '{"box": 7}'`, 'id is 7, expected: id must be a string'],
      ['was never written by any build', sql`payload_version = -1`, '(version) is -1, expected: 1 to 2'],
      ['is of a task that it does not know', sql`name = 'wrap'`, 'no task is named "wrap"; this build knows pack_box'],
    ] as const;

    it.each(unreadable)('because it %s is put off, with the reason, and uses up no try', async (_, change, reason) => {
      const { dueAt } = await writtenBefore();
      await edit(change);
      const task = (await bench.due.runNext())!;
      expect(task).toMatchObject({
        status: 'scheduled',
        attempts: 0,
        revision: 1,
        eta: dueAt,
        dueAt: dueAt.add({ seconds: 30 }),
        finishedAt: null,
        reason: expect.stringMatching(/^put off: .*Error: /) && expect.stringContaining(reason),
        history: [{ what: 'put-off', at: dueAt.toString(), reason: expect.stringContaining(reason) }],
      });
      expect(packed).toEqual([]);
      expect(errorLines).toHaveBeenCalledWith(
        expect.objectContaining({ key: key(), error: expect.stringContaining(reason) }),
        'task cannot be read by this build, it is put off for one that can',
      );
      await bench.scheduler.cancel(key(), { reason: 'done' });
    });

    it('is put off again and again, ever longer up to 5 minutes, with one entry in its history', async () => {
      const { dueAt } = await writtenBefore();
      await edit(sql`payload_version = 3`);
      const seconds = [];
      for (let fires = 0; fires < 6; fires++)
        seconds.push((await bench.due.runNext())!.dueAt.since(dueAt).total('seconds'));
      expect(seconds).toEqual([30, 60, 120, 240, 480, 780]);
      expect((await row()).history).toHaveLength(1);
      await bench.scheduler.cancel(key(), { reason: 'done' });
    });

    it('has its timer when it is due again: nothing is left for the reconciler to mend', async () => {
      await writtenBefore();
      await edit(sql`payload_version = 3`);
      await bench.due.runNext();
      expect(await bench.get(TimerReconciliation).run('all')).toMatchObject({
        missing: 0,
        drifted: 0,
        stuck: 0,
      });
      await bench.scheduler.cancel(key(), { reason: 'done' });
    });

    it('runs, with all its tries and without a trace of the reason, as soon as it can be read', async () => {
      await writtenBefore();
      await edit(sql`payload_version = 3`);
      await bench.due.runNext();
      // As the newer build would see it.
      await edit(sql`payload_version = 1`);
      expect(await bench.due.runNext()).toMatchObject({ status: 'succeeded', attempts: 0, reason: null });
      expect(packed).toEqual([{ id, size: 'small' }]);
    });

    it('is what is said now when it is moved', async () => {
      const { eta } = await writtenBefore();
      await edit(sql`payload = '{"id": "x", "size": "huge"}', payload_version = 3`);
      const moved = await bench.scheduler.schedule(Pack, { id, size: 'small' }, { eta }, { ifOpen: 'move' });
      expect(moved).toMatchObject({ moved: true });
      expect(await row()).toMatchObject({ payload: { id, size: 'small' }, payloadVersion: 2 });
      expect(await bench.due.runNext()).toMatchObject({ status: 'succeeded' });
    });
  });
});

describe('a deployment that is rolled back', () => {
  const DAY = '2100-02-01T00:00:00Z';

  it('leaves what the newer build wrote to the next newer build', async () => {
    const errorLines = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    @Injectable()
    @HandlesTask(PackV1)
    class OldHandler {
      async handle(task: PackV1) {
        return { box: task.box };
      }
    }
    const old = await TaskBench.start({ tasks: [PackV1], providers: [OldHandler] });
    // The newer build: it wrote a task, and was rolled back.
    await old.scheduler.schedule(PackV1, { box: 'old' }, { eta: Temporal.Instant.from(DAY) });
    await sql`
      insert into tasks.task (key, name, queue, payload, payload_version, status, eta, due_at, created_at, updated_at)
      select 'pack-new', name, queue, '{"id": "new", "size": "large"}', 2, status, eta, due_at, created_at, updated_at
      from tasks.task
    `.execute(old.database.db);
    await old.get(TimerReconciliation).run('all');

    expect(await old.due.runNext()).toMatchObject({ key: 'pack-new', status: 'scheduled' });
    expect(await old.due.runNext()).toMatchObject({ key: 'pack-old', status: 'succeeded' });
    expect(await old.ledger.find('pack-new')).toMatchObject({
      payload: { id: 'new', size: 'large' },
      payloadVersion: 2,
      attempts: 0,
      reason: expect.stringContaining('the payload is of version 2; this build reads up to 1'),
    });
    await old.close();
    errorLines.mockRestore();
  });
});
