import { ValidateBy, type ValidationArguments } from 'class-validator';
import { Temporal } from 'temporal-polyfill';

/** An instant after that in another property of the class. Leaves it to that property's own checks to be an instant. */
export function IsAfter(property: string): PropertyDecorator {
  const earlier = (argument?: ValidationArguments) => (argument?.object as Record<string, unknown>)[property];
  return ValidateBy({
    name: 'isAfter',
    validator: {
      validate: (value, argument) => {
        const other = earlier(argument);
        if (!(value instanceof Temporal.Instant) || !(other instanceof Temporal.Instant)) return true;
        return Temporal.Instant.compare(value, other) > 0;
      },
      defaultMessage: (argument) => `$property must be after the start, ${String(earlier(argument))}`,
    },
  });
}
