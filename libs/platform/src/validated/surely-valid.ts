import { type ClassPlan, classPlan } from './class-plan';
import type { PropertyPlan, Validator } from './property-plan';

/**
 * Whether class-validator would find nothing wrong with an instance, its unknown properties included: true only if that
 * is certain. The validators themselves are those of the decorators, and run as class-validator runs them.
 */
export function isSurelyValid(instance: object, { type, properties }: ClassPlan): boolean {
  if (Object.getPrototypeOf(instance) !== type.prototype) return false;
  for (const name of Object.keys(instance)) if (!properties.has(name)) return false;
  for (const plan of properties.values()) {
    if (!isPropertyValid(instance, (instance as Record<string, unknown>)[plan.name], plan)) return false;
  }
  return true;
}

function isPropertyValid(object: object, value: unknown, plan: PropertyPlan): boolean {
  for (const applies of plan.conditions) if (!applies(object, value)) return true;
  for (const validator of plan.validators) if (!passes(object, value, plan.name, validator)) return false;
  return !plan.nested || value === undefined || isNestedValid(value, plan);
}

function passes(object: object, value: unknown, property: string, validator: Validator): boolean {
  const { constraints, each, applies } = validator;
  if (applies && !applies(object, value)) return true;
  const argument = { targetName: object.constructor.name, property, object, value, constraints };
  if (!each || !(value instanceof Object)) return Boolean(validator.validate(value, argument));
  return Array.isArray(value) && value.every((item) => validator.validate(item, argument));
}

/** All that may be there, and be valid: an instance of the declared type, or a list of such. */
function isNestedValid(value: unknown, { type }: PropertyPlan): boolean {
  const plan = classPlan(type!);
  if (!plan) return false;
  if (Array.isArray(value)) return value.every((item) => isInstance(item) && isSurelyValid(item, plan));
  return isInstance(value) && isSurelyValid(value, plan);
}

function isInstance(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
