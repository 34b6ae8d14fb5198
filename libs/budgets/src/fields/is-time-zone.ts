import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { timeZoneId } from '../period/time-zone-id';

/** Temporal also takes offsets and whole timestamps for a zone; a budget's zone is a name with a future. */
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,99}$/;

/** The name of an IANA time zone that this machine knows, in its canonical spelling. */
export function IsTimeZone(): PropertyDecorator {
  const spelled = Transform(({ value }) => timeZoneNamed(value) ?? (value as unknown), { toClassOnly: true });
  const exists = ValidateBy({
    name: 'isTimeZone',
    validator: {
      validate: (value) => timeZoneNamed(value) !== undefined,
      defaultMessage: () => '$property must be the name of an IANA time zone, such as Europe/Berlin',
    },
  });
  return applyDecorators(spelled, exists);
}

function timeZoneNamed(name: unknown): string | undefined {
  if (typeof name !== 'string' || !NAME.test(name)) return undefined;
  try {
    return timeZoneId(name);
  } catch {
    return undefined;
  }
}
