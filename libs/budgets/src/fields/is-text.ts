import { ValidateBy } from 'class-validator';

/** What PostgreSQL's text and jsonb cannot hold: NUL, and halves of surrogate pairs. */
const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** Text that can be stored, its length counted in characters as Python counts them (code points). */
export function IsText({ min, max }: { min: number; max: number }): PropertyDecorator {
  return ValidateBy({
    name: 'isText',
    validator: {
      validate: (value) => {
        if (typeof value !== 'string' || UNSTORABLE.test(value)) return false;
        const { length } = Array.from(value);
        return length >= min && length <= max;
      },
      defaultMessage: () => `$property must be text of ${min} to ${max} characters, without NUL or half characters`,
    },
  });
}
