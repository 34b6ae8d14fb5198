import type { TransformationType, TransformFnParams } from 'class-transformer';
// @ts-expect-error class-transformer has no types for where it keeps its decorators.
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';

/** A class with decorators of class-transformer and class-validator. */
export type DecoratedClass<T extends object = object> = new () => T;

/** A `@Transform`. */
export interface Transformer {
  readonly transformFn: (params: TransformFnParams) => unknown;
  readonly options?: { readonly groups?: readonly string[] };
}

/** A `@Type`. */
export interface DeclaredType {
  readonly typeFunction?: (...parameters: unknown[]) => unknown;
  readonly options?: { readonly discriminator?: unknown };
  readonly reflectedType?: unknown;
}

interface TransformerStorage {
  findTransformMetadatas(target: object, property: string, direction: TransformationType): Transformer[];
  findTypeMetadata(target: object, property: string): DeclaredType | undefined;
  getExposedMetadatas(target: object): unknown[];
  getExcludedMetadatas(target: object): unknown[];
  getStrategy(target: object): string;
}

/** What class-transformer knows of all classes. */
export const transformerStorage = defaultMetadataStorage as TransformerStorage;
