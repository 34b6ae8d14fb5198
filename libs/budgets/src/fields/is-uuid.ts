import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsUUID } from 'class-validator';

/**
 * An id: a UUID of any version and variant, for the other services' ids are theirs to make. In lower case, as
 * PostgreSQL has it, so that one budget is one key however its publisher spells it.
 */
export function IsUuid(): PropertyDecorator {
  const inLowerCase = Transform(({ value }) => (typeof value === 'string' ? value.toLowerCase() : (value as unknown)), {
    toClassOnly: true,
  });
  return applyDecorators(inLowerCase, IsUUID('loose'));
}
