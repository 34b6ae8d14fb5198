import { TransformationType } from 'class-transformer';
import { getMetadataStorage } from 'class-validator';
import { type Check, planOf, type PropertyPlan } from './property-plan';
import { type DecoratedClass, transformerStorage } from './transformer-storage';

/** What the decorators of a class say, sorted out once. */
export interface ClassPlan {
  readonly type: DecoratedClass;
  readonly properties: ReadonlyMap<string, PropertyPlan>;
  /** Nothing is transformed on the way back. */
  readonly plainAsItIs: boolean;
}

const plans = new WeakMap<object, ClassPlan | 'unsure'>();

/**
 * The plan of a class; made when it is first asked for, by when all decorators have run.
 * @returns undefined for a class with decorators of which this is not sure.
 */
export function classPlan(type: DecoratedClass): ClassPlan | undefined {
  let plan = plans.get(type);
  if (!plan) {
    plan = makePlan(type) ?? 'unsure';
    plans.set(type, plan);
  }
  return plan === 'unsure' ? undefined : plan;
}

function makePlan(type: DecoratedClass): ClassPlan | undefined {
  const checks = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  if (checks.length === 0 || hidesProperties(type)) return undefined;
  const properties = new Map<string, PropertyPlan>();
  for (const [name, own] of byProperty(checks)) {
    const plan = planOf(type, name, own);
    if (!plan) return undefined;
    properties.set(name, plan);
  }
  return { type, properties, plainAsItIs: !transformsBack(type, [...properties.keys()]) };
}

function byProperty(checks: readonly Check[]): Map<string, Check[]> {
  const grouped = new Map<string, Check[]>();
  for (const check of checks) {
    const own = grouped.get(check.propertyName);
    if (own) own.push(check);
    else grouped.set(check.propertyName, [check]);
  }
  return grouped;
}

function hidesProperties(type: DecoratedClass): boolean {
  return (
    transformerStorage.getStrategy(type) !== 'none' ||
    transformerStorage.getExposedMetadatas(type).length > 0 ||
    transformerStorage.getExcludedMetadatas(type).length > 0
  );
}

function transformsBack(type: DecoratedClass, names: readonly string[]): boolean {
  return names.some(
    (name) => transformerStorage.findTransformMetadatas(type, name, TransformationType.CLASS_TO_PLAIN).length > 0,
  );
}
