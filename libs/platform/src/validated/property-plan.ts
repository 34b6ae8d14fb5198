import { TransformationType } from 'class-transformer';
import { getMetadataStorage, type ValidationArguments } from 'class-validator';
import { type DecoratedClass, type Transformer, transformerStorage } from './transformer-storage';

/** What class-validator knows of one check. */
export type Check = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

type Condition = (object: object, value: unknown) => boolean;

/** One validator of a property; several checks may share one. */
export interface Validator {
  readonly validate: (value: unknown, argument: ValidationArguments) => unknown;
  readonly constraints: unknown[];
  /** Of a list, each item is validated. */
  readonly each: boolean;
  readonly applies?: Condition;
}

/** What its decorators say of one property, sorted out once. */
export interface PropertyPlan {
  readonly name: string;
  readonly transformers: readonly Transformer[];
  /** By `@Type`: of the value, or of each item of a list. */
  readonly type?: DecoratedClass;
  /** All must hold, or else nothing is validated: `@IsOptional`, `@ValidateIf`. */
  readonly conditions: readonly Condition[];
  readonly validators: readonly Validator[];
  /** `@ValidateNested`. */
  readonly nested: boolean;
}

const CUSTOM: readonly string[] = ['customValidation', 'isDefined'];
const NESTED = 'nestedValidation';
const CONDITIONAL = 'conditionalValidation';
const ALLOWED = 'whitelistValidation';
const KNOWN = new Set([...CUSTOM, NESTED, CONDITIONAL, ALLOWED]);
const PROTOTYPES_OWN = new Set(['__proto__', 'constructor']);
/** Which class-transformer makes by conversion. */
const CONVERTED: readonly unknown[] = [String, Number, Boolean, Date, Buffer, Map, Set, Promise, Array, Object];

/** @returns undefined for a property with a decorator of which this is not sure. */
export function planOf(type: DecoratedClass, name: string, checks: readonly Check[]): PropertyPlan | undefined {
  const declared = declaredType(type, name);
  const validators = validatorsOf(checks.filter((check) => CUSTOM.includes(check.type)));
  const unsure = checks.some((check) => !KNOWN.has(check.type)) || PROTOTYPES_OWN.has(name) || name in type.prototype;
  if (unsure || declared === 'unsure' || !validators) return undefined;
  const nested = checks.some((check) => check.type === NESTED);
  if (nested && !declared) return undefined;
  return {
    name,
    transformers: transformerStorage
      .findTransformMetadatas(type, name, TransformationType.PLAIN_TO_CLASS)
      .filter(({ options }) => !options?.groups?.length),
    type: declared,
    conditions: checks.filter((check) => check.type === CONDITIONAL).map((check) => check.constraints[0] as Condition),
    validators,
    nested,
  };
}

function declaredType(type: DecoratedClass, name: string): DecoratedClass | 'unsure' | undefined {
  const declared = transformerStorage.findTypeMetadata(type, name);
  if (!declared) return undefined;
  const { typeFunction, options, reflectedType } = declared;
  if (!typeFunction || typeFunction.length > 0 || options?.discriminator) return 'unsure';
  // Of a list, whose own class it then is.
  if (reflectedType === Set || reflectedType === Map) return 'unsure';
  const made = typeFunction();
  return typeof made === 'function' && !CONVERTED.includes(made) ? (made as DecoratedClass) : 'unsure';
}

function validatorsOf(checks: readonly Check[]): Validator[] | undefined {
  const storage = getMetadataStorage();
  const validators: Validator[] = [];
  for (const { constraintCls, constraints, each, validateIf } of checks) {
    for (const { async, instance } of storage.getTargetValidatorConstraints(constraintCls)) {
      if (async) return undefined;
      const validate: Validator['validate'] = (value, argument) => instance.validate(value, argument);
      validators.push({ validate, constraints: constraints as unknown[], each, applies: validateIf });
    }
  }
  return validators;
}
