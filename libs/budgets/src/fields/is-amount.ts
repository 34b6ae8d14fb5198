import { ValidateBy } from 'class-validator';

/**
 * Money in the currency's smallest unit. 0 is a limit too ("nothing this month"); beyond 2^53 - 1 JSON numbers are no
 * longer exact.
 */
export function IsAmount(): PropertyDecorator {
  return ValidateBy({
    name: 'isAmount',
    validator: {
      validate: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
      defaultMessage: () => `$property must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
    },
  });
}
