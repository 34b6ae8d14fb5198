import { Task } from '@budget-buddy/tasks';
import { IsInt, IsString } from 'class-validator';

/** A task whose handler is not done at once, so that its worker can be lost in the middle. */
@Task<Wait>({ name: 'wait', queue: 'budget_renewal_queue', key: ({ id }) => `wait-${id}` })
export class Wait {
  @IsString() id!: string;
  @IsInt() ms!: number;
}
