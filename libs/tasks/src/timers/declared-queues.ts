import { type ValidationArguments, ValidatorConstraint, type ValidatorConstraintInterface } from 'class-validator';

/** Queues of which each is one of `queues`: nobody else puts anything there. */
@ValidatorConstraint({ name: 'declaredQueues' })
export class DeclaredQueues implements ValidatorConstraintInterface {
  validate(names: readonly string[], { object }: ValidationArguments): boolean {
    return names.every((name) => declaredIn(object).includes(name));
  }

  defaultMessage({ object }: ValidationArguments): string {
    return `must name queues that BUDGETBUDDY_QUEUES declares (${declaredIn(object).join(', ')})`;
  }
}

/** None where they cannot be read, which is told of by itself. */
function declaredIn(object: object): readonly string[] {
  return (object as { queues?: readonly string[] }).queues ?? [];
}
