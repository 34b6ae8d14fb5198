import {
  BudgetRenewalFailed,
  BudgetRenewed,
  BudgetRepository,
  RenewBudget,
  UnknownBudgetError,
} from '@budget-buddy/budgets';
import { Outbox } from '@budget-buddy/events';
import { Clock } from '@budget-buddy/platform';
import {
  HandlesTask,
  PermanentTaskError,
  type Skip,
  skip,
  type TaskContext,
  type TaskFailure,
  type TaskHandler,
  taskUuid,
} from '@budget-buddy/tasks';

/** What the ledger keeps of a renewal: `status` and `budget_id` are what Celery's callers know. */
interface Renewal {
  status: 'success';
  budget_id: string;
  renewed_budget_id: string;
}

/** Renews a budget: its successor, the event that tells of it and the task's outcome are one transaction. */
@HandlesTask(RenewBudget, { sharesTransaction: true })
export class RenewBudgetHandler implements TaskHandler<RenewBudget, Renewal> {
  constructor(
    private readonly budgets: BudgetRepository,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
  ) {}

  async handle({ budgetId, userId }: RenewBudget, { key, transaction: tx }: TaskContext): Promise<Renewal | Skip> {
    const reason = await this.budgets.reasonNotToRenew(tx, budgetId);
    if (reason) return skip(reason);
    const budget = await this.budgets.find(tx, budgetId);
    if (!budget) throw new UnknownBudgetError(budgetId);
    if (budget.userId !== userId) throw new ForeignBudgetError(budgetId, budget.userId, userId);

    const now = this.clock.now();
    const successor = budget.successor(taskUuid(key, 'budget'), now);
    const inserted = await this.budgets.insertSuccessor(tx, successor);
    if (!inserted) return this.whyNotInserted(tx, budgetId, successor.id);

    await this.outbox.add(tx, BudgetRenewed.of(successor, budgetId, now), {
      messageId: taskUuid(key, 'BudgetRenewed'),
      orderingKey: successor.chainId,
    });
    return { status: 'success', budget_id: budgetId, renewed_budget_id: successor.id };
  }

  private async whyNotInserted(tx: TaskContext['transaction'], budgetId: string, successorId: string): Promise<Skip> {
    const renewedBy = await this.budgets.successorOf(tx, budgetId);
    if (renewedBy === undefined) throw new SuccessorIdTakenError(budgetId, successorId);
    return skip(`renewed by ${renewedBy} meanwhile`);
  }

  async failed({ budgetId, userId }: RenewBudget, failure: TaskFailure, context: TaskContext) {
    const { error, attempts, failedAt } = failure;
    const { key, revision, transaction: tx } = context;
    const chainId = await this.budgets.chainOf(tx, budgetId);
    const event = Object.assign(new BudgetRenewalFailed(), { budgetId, userId, error, attempts, occurredOn: failedAt });
    await this.outbox.add(tx, event, {
      // A task that is replayed may fail for good more than once, and each time is an event of its own.
      messageId: taskUuid(key, `BudgetRenewalFailed/${revision}`),
      orderingKey: chainId ?? budgetId,
    });
  }
}

/** The id which the successor has to get is that of a budget that does not renew this one: no retry would mend it. */
export class SuccessorIdTakenError extends PermanentTaskError {
  override readonly name = 'SuccessorIdTakenError';

  constructor(
    readonly budgetId: string,
    readonly successorId: string,
  ) {
    super(
      `budget ${budgetId} is not renewed: its successor's id ${successorId} is that of a budget which does not renew it`,
    );
  }
}

/** The task was scheduled for somebody who does not own the budget. */
export class ForeignBudgetError extends PermanentTaskError {
  override readonly name = 'ForeignBudgetError';

  constructor(
    readonly budgetId: string,
    readonly owner: string,
    readonly userId: string,
  ) {
    super(`budget ${budgetId} belongs to user ${owner}, expected ${userId}`);
  }
}
