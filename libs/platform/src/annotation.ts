/**
 * What is known of objects of somebody else's, as in a WeakMap, but kept with the object. V8 keeps a WeakMap's value that
 * leads back to its key until it collects the whole heap, which may be days away; this it collects with what is young.
 */
export class Annotation<Target extends object, Value> {
  private readonly key = Symbol('annotation');

  of(target: Target): Value | undefined {
    return (target as { [key: symbol]: Value | undefined })[this.key];
  }

  add(target: Target, value: Value): void {
    (target as { [key: symbol]: Value })[this.key] = value;
  }
}
