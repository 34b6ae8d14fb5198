import { ValidateBy, type ValidationArguments } from 'class-validator';

/** A value that another property of the class does not have. */
export function IsOtherThan(property: string): PropertyDecorator {
  const other = (argument?: ValidationArguments) => (argument?.object as Record<string, unknown>)[property];
  return ValidateBy({
    name: 'isOtherThan',
    validator: {
      validate: (value, argument) => value !== other(argument),
      defaultMessage: (argument) => `$property must not be that of the old budget, ${String(other(argument))}`,
    },
  });
}
