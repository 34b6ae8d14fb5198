import { HandlesTask, type TaskHandler } from '@budget-buddy/tasks';
import { RunLogWriter } from '../../run-log';
import { numberOf } from '../../task-ids';
import { NoOp } from './no-op';

/** Writes down that it ran, as the no-op tasks of all sides do. */
@HandlesTask(NoOp, { sharesTransaction: true })
export class NoOpHandler implements TaskHandler<NoOp> {
  private readonly log = new RunLogWriter();

  async handle({ budgetId }: NoOp): Promise<void> {
    this.log.append(numberOf(budgetId));
  }
}
