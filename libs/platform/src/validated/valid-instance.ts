import { TransformationType } from 'class-transformer';
import { type ClassPlan, classPlan } from './class-plan';
import type { PropertyPlan } from './property-plan';
import { isSurelyValid } from './surely-valid';
import type { DecoratedClass } from './transformer-storage';

/** What is done about properties of which the class says nothing. */
export type UnknownProperties = 'dropped' | 'invalid';

type Plain = Record<string, unknown>;

/**
 * What `plainToInstance` and `validateSync` make of a plain object, in a tenth of the time, if it is valid: they sort out
 * all decorators anew at each call. What follows from each decorator is the same.
 * @returns undefined unless it is certain that the two would come to the same: ask them, they also know what is wrong.
 */
export function validInstance<T extends object>(
  type: DecoratedClass<T>,
  plain: object,
  unknown: UnknownProperties,
): T | undefined {
  const plan = classPlan(type);
  if (!plan) return undefined;
  try {
    const instance = instantiate(plan, plain as Plain, unknown);
    return instance && isSurelyValid(instance, plan) ? (instance as T) : undefined;
  } catch {
    // A transformer or a validator that did not expect this: they will throw once more where it is to be told.
    return undefined;
  }
}

function instantiate({ type, properties }: ClassPlan, plain: Plain, unknown: UnknownProperties): object | undefined {
  if (Object.getPrototypeOf(plain) !== Object.prototype) return undefined;
  const instance = new type() as Plain;
  for (const name of Object.keys(plain)) {
    const plan = properties.get(name);
    const value = plain[name];
    if (plan) {
      const made = untransformed(plan, value, unknown);
      if (made === UNSURE) return undefined;
      instance[name] = transformed(plan, made, plain);
    } else if (unknown === 'invalid' || isObject(value)) {
      return undefined;
    }
  }
  return instance;
}

/**
 * What `instanceToPlain` makes of an instance, if `validateSync` finds nothing wrong with it and it is flat.
 * @returns undefined unless both is certain.
 */
export function validPlain(type: DecoratedClass, instance: object): Plain | undefined {
  const plan = classPlan(type);
  try {
    if (!plan?.plainAsItIs || Object.values(instance).some(isObject) || !isSurelyValid(instance, plan))
      return undefined;
    return { ...instance };
  } catch {
    return undefined;
  }
}

const UNSURE = Symbol('unsure');

function untransformed({ type }: PropertyPlan, value: unknown, unknown: UnknownProperties): unknown {
  if (!isObject(value)) return value;
  const plan = type && classPlan(type);
  if (!plan) return UNSURE;
  if (!Array.isArray(value)) return instantiate(plan, value as Plain, unknown) ?? UNSURE;
  const items = value.map((item) => (isObject(item) ? instantiate(plan, item as Plain, unknown) : undefined));
  return items.includes(undefined) ? UNSURE : items;
}

function transformed({ name, transformers }: PropertyPlan, value: unknown, plain: Plain): unknown {
  for (const { transformFn } of transformers) {
    value = transformFn({ value, key: name, obj: plain, type: TransformationType.PLAIN_TO_CLASS, options: {} });
  }
  return value;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
