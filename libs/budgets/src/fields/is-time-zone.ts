import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';
import { Temporal } from 'temporal-polyfill';

/** Temporal also takes offsets and whole timestamps for a zone; a budget's zone is a name with a future. */
const NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,99}$/;
/** Those that were asked for, of the few hundred that there are. */
const known = new Set<string>();
const EPOCH = Temporal.Instant.fromEpochMilliseconds(0);

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
  if (typeof name !== 'string') return undefined;
  if (known.has(name)) return name;
  if (!NAME.test(name)) return undefined;
  try {
    const { timeZoneId } = EPOCH.toZonedDateTimeISO(name);
    known.add(timeZoneId);
    return timeZoneId;
  } catch {
    return undefined;
  }
}
