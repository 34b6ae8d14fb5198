import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { IsOptional } from 'class-validator';

/** A field that a publisher may leave out, or send as `null`, as pydantic does: undefined in the class either way. */
export function MayBeMissing(): PropertyDecorator {
  const nullAsMissing = Transform(({ value }) => (value === null ? undefined : (value as unknown)), {
    toClassOnly: true,
  });
  return applyDecorators(IsOptional(), nullAsMissing);
}
