import {
  BudgetCreated,
  BudgetDeactivated,
  budgetMigrations,
  BudgetRecorder,
  BudgetRepository,
  RenewBudget,
} from '@budget-buddy/budgets';
import { decodeEvent, eventMigrations, EventsConfiguration, Outbox, OutboxRelay } from '@budget-buddy/events';
import { loadConfiguration } from '@budget-buddy/platform';
import { taskUuid } from '@budget-buddy/tasks';
import { TaskBench } from '@budget-buddy/testing';
import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RenewBudgetHandler } from './renew-budget.handler';

let bench: TaskBench;

beforeAll(async () => {
  bench = await TaskBench.start({
    tasks: [RenewBudget],
    migrations: [...eventMigrations, ...budgetMigrations],
    providers: [
      RenewBudgetHandler,
      BudgetRepository,
      BudgetRecorder,
      Outbox,
      { provide: OutboxRelay, useValue: { wake: () => undefined } },
      {
        provide: EventsConfiguration,
        useFactory: () => loadConfiguration([EventsConfiguration]).get(EventsConfiguration),
      },
    ],
  });
});
afterAll(() => bench?.close());

const user = randomUUID();

function budgetCreated(fields: object = {}) {
  return {
    budget_id: randomUUID(),
    user_id: user,
    name: 'Food',
    total_limit: 50_000,
    currency: 'EUR',
    start_date: '2100-01-31T00:00:00Z',
    strategy: 'monthly',
    categories: [{ name: 'Bread', limit: 20_000 }],
    ...fields,
  };
}

function record(event: BudgetCreated | BudgetDeactivated): Promise<unknown> {
  const recorder = bench.get(BudgetRecorder);
  return bench.database.transaction(async (tx) =>
    event instanceof BudgetCreated ? recorder.created(tx, event) : recorder.deactivated(tx, event),
  );
}

async function known(fields: object = {}): Promise<string> {
  const event = decodeEvent(BudgetCreated, budgetCreated(fields));
  await record(event);
  return event.budgetId;
}

/** Schedules the renewal for now, and gives back what the ledger has of it after one run. */
async function run(budgetId: string, userId = user) {
  await bench.scheduler.schedule(RenewBudget, { budgetId, userId }, { eta: bench.clock.now() });
  const task = await bench.due.runNext();
  expect(task?.key).toBe(RenewBudget.keyFor(budgetId));
  return task!;
}

async function published(budgetId: string) {
  const rows = await bench.database.db.selectFrom('events.outbox').selectAll().orderBy('id').execute();
  return rows
    .map((row) => ({ ...row, body: JSON.parse(row.body) as Record<string, unknown> }))
    .filter(({ body }) => body['old_budget_id'] === budgetId || body['budget_id'] === budgetId);
}

const successorsOf = (budgetId: string) =>
  bench.database.db.selectFrom('budgets.budget').selectAll().where('renewal_of', '=', budgetId).execute();

describe('renewing a budget', () => {
  it('makes the next one, tells of it, and succeeds as the old callers know it', async () => {
    const budgetId = await known();
    const task = await run(budgetId);
    const [successor] = await successorsOf(budgetId);
    expect(task).toMatchObject({
      status: 'succeeded',
      result: { status: 'success', budget_id: budgetId, renewed_budget_id: successor?.id },
    });
    const [event, ...others] = await published(budgetId);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'BudgetRenewed', ordering_key: budgetId, mandatory: true });
    expect(event?.body).toEqual({
      ...budgetCreated({ budget_id: successor?.id }),
      old_budget_id: budgetId,
      time_zone: 'UTC',
      strategy_parameters: { start_day: 31 },
      start_date: '2100-02-28T00:00:00Z',
      end_date: '2100-03-30T23:59:59Z',
      occurred_on: bench.clock.now().toString(),
    });
  });

  it('keeps one ordering key through the whole chain', async () => {
    const first = await known();
    await run(first);
    const [second] = await successorsOf(first);
    await run(second!.id);
    const [event] = (await published(second!.id)).filter(({ body }) => body['old_budget_id'] === second!.id);
    expect(event?.ordering_key).toBe(first);
  });

  it('is skipped when the budget was deactivated, with the reason', async () => {
    const budgetId = await known();
    await record(decodeEvent(BudgetDeactivated, { budget_id: budgetId, deactivation_date: '2100-02-01T00:00:00Z' }));
    expect(await run(budgetId)).toMatchObject({ status: 'skipped', reason: 'deactivated on 2100-02-01T00:00:00Z' });
    expect(await published(budgetId)).toEqual([]);
  });

  it('is skipped when somebody else renewed the budget', async () => {
    const budgetId = await known();
    const other = randomUUID();
    await bench.database.transaction(async (tx) => {
      const budgets = bench.get(BudgetRepository);
      const budget = await budgets.find(tx, budgetId);
      await budgets.insertSuccessor(tx, budget!.successor(other, bench.clock.now()));
    });
    expect(await run(budgetId)).toMatchObject({ status: 'skipped', reason: `renewed by ${other}` });
    expect(await published(budgetId)).toEqual([]);
  });

  it('fails for good, naming the ids, when another budget has the id of the successor', async () => {
    const budgetId = await known();
    const successorId = taskUuid(RenewBudget.keyFor(budgetId), 'budget');
    await known({ budget_id: successorId });
    const task = await run(budgetId);
    expect(task).toMatchObject({ status: 'failed', attempts: 1 });
    expect(task.reason).toContain(
      `budget ${budgetId} is not renewed: its successor's id ${successorId} is that of a budget`,
    );
    expect(await published(budgetId)).toMatchObject([{ type: 'BudgetRenewalFailed' }]);
  });

  it('is skipped when somebody else renews the budget between the look and the leap', async () => {
    const budgetId = await known();
    const other = randomUUID();
    const budgets = bench.get(BudgetRepository);
    await bench.database.transaction(async (tx) => {
      const budget = await budgets.find(tx, budgetId);
      const handler = bench.get(RenewBudgetHandler);
      const { insertSuccessor } = budgets;
      const meanwhile = vi.spyOn(budgets, 'insertSuccessor').mockImplementationOnce(async (within, successor) => {
        await bench.database.transaction((rival) =>
          insertSuccessor(rival, budget!.successor(other, bench.clock.now())),
        );
        return insertSuccessor(within, successor);
      });
      try {
        const context = { key: RenewBudget.keyFor(budgetId), transaction: tx } as Parameters<typeof handler.handle>[1];
        expect(await handler.handle({ budgetId, userId: user }, context)).toMatchObject({
          reason: `renewed by ${other} meanwhile`,
        });
      } finally {
        meanwhile.mockRestore();
      }
    });
    expect(await published(budgetId)).toEqual([]);
  });

  it('is tried again when the budget is not known yet, and succeeds once its event has come', async () => {
    const event = decodeEvent(BudgetCreated, budgetCreated());
    expect(await run(event.budgetId)).toMatchObject({ status: 'retrying', attempts: 1 });
    await record(event);
    expect(await bench.due.runNext()).toMatchObject({ status: 'succeeded' });
  });

  it('fails after three retries when the budget stays unknown, and an event says so', async () => {
    const budgetId = randomUUID();
    await run(budgetId);
    for (let retry = 1; retry <= 3; retry++) await bench.due.runNext();
    expect(await bench.ledger.find(RenewBudget.keyFor(budgetId))).toMatchObject({ status: 'failed', attempts: 4 });
    const [event, ...others] = await published(budgetId);
    expect(others).toEqual([]);
    expect(event).toMatchObject({ type: 'BudgetRenewalFailed', ordering_key: budgetId, mandatory: false });
    expect(event?.body).toEqual({
      budget_id: budgetId,
      user_id: user,
      attempts: 4,
      error: expect.stringContaining(`UnknownBudgetError: budget ${budgetId} is not known (yet)`) as string,
      occurred_on: bench.clock.now().toString(),
    });
  });

  it('says it once more when it was replayed and failed again', async () => {
    const budgetId = await known();
    await run(budgetId, randomUUID());
    bench.clock.advanceTo(bench.clock.now().add(Temporal.Duration.from({ hours: 1 })));
    await bench.scheduler.replay(RenewBudget.keyFor(budgetId));
    await bench.due.runNext();
    const ids = (await published(budgetId)).map(({ message_id }) => message_id);
    expect(new Set(ids).size).toBe(2);
  });

  it('fails at once for a user who does not own the budget', async () => {
    const budgetId = await known();
    expect(await run(budgetId, randomUUID())).toMatchObject({ status: 'failed', attempts: 1 });
    expect(await successorsOf(budgetId)).toEqual([]);
    const [event] = await published(budgetId);
    expect(event?.body['error']).toContain(`ForeignBudgetError: budget ${budgetId} belongs to user ${user}, expected`);
  });

  it('leaves neither budget nor event behind when it fails half way', async () => {
    const budgetId = await known();
    const outbox = bench.get(Outbox);
    const add = outbox.add.bind(outbox);
    outbox.add = () => Promise.reject(new Error('half way'));
    try {
      expect(await run(budgetId)).toMatchObject({ status: 'retrying' });
      expect(await successorsOf(budgetId)).toEqual([]);
    } finally {
      outbox.add = add;
    }
    expect(await bench.due.runNext()).toMatchObject({ status: 'succeeded' });
    expect(await successorsOf(budgetId)).toHaveLength(1);
    expect(await published(budgetId)).toHaveLength(1);
  });
});
