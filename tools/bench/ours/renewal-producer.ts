import { BudgetCreated, BudgetRecorder, BudgetRepository, RenewBudget } from '@budget-buddy/budgets';
import { decodeEvent } from '@budget-buddy/events';
import { TaskTimers } from '@budget-buddy/tasks';
import { QUEUE } from '../bull-state';
import { budgetCreated, datesFarAway } from '../budget-created';
import type { Place } from '../place';
import { budgetIdOf, USER_ID } from '../task-ids';
import type { DueTask } from '../task-running';
import { copyBudget, takeBudget } from './budget-copies';
import { TaskProducer } from './task-producer';

/** No other budget has this number. */
const TEMPLATE = 2 ** 40;

/** Hands over budgets with their renewals, many at a time: copies of one that the product itself has recorded. */
export class RenewalProducer {
  private constructor(
    private readonly place: Place,
    private readonly producer: TaskProducer,
    /** The renewal's row in the ledger, as JSON. */
    readonly taskTemplate: string,
    /** The budget's row, as JSON. */
    readonly budgetTemplate: string,
  ) {}

  static async open(place: Place): Promise<RenewalProducer> {
    const producer = await TaskProducer.open([RenewBudget], [BudgetRecorder, BudgetRepository]);
    const taskTemplate = await producer.template(RenewBudget, payloadOf(TEMPLATE));
    const event = decodeEvent(BudgetCreated, budgetCreated(TEMPLATE, datesFarAway()));
    await place.database.transaction((tx) => producer.get(BudgetRecorder).created(tx, event));
    return new RenewalProducer(place, producer, taskTemplate, await takeBudget(place.database, event.budgetId));
  }

  get timers(): TaskTimers {
    return this.producer.get(TaskTimers);
  }

  async schedule(tasks: readonly DueTask[]): Promise<void> {
    const now = Date.now();
    const payloads = tasks.map(({ number }) => payloadOf(number));
    await copyBudget(
      this.place.database,
      this.budgetTemplate,
      payloads.map(({ budgetId }) => budgetId),
    );
    const copies = tasks.map(({ dueAtMs = now }, index) => {
      const payload = payloads[index]!;
      return { key: RenewBudget.keyFor(payload.budgetId), payload, dueAtMs, queue: QUEUE };
    });
    await this.producer.schedule(this.taskTemplate, copies);
  }

  async close(): Promise<void> {
    await this.producer.close();
  }
}

function payloadOf(number: number): RenewBudget {
  return { budgetId: budgetIdOf(number), userId: USER_ID };
}
