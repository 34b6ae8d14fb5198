import { Task } from '@budget-buddy/tasks';
import { IsUUID } from 'class-validator';
import { QUEUE } from '../../bull-state';

/** A task that does nothing, with the arguments of a renewal. */
@Task<NoOp>({ name: 'no_op', queue: QUEUE, key: ({ budgetId }) => `no-op-${budgetId}` })
export class NoOp {
  @IsUUID()
  budgetId!: string;

  @IsUUID()
  userId!: string;
}
