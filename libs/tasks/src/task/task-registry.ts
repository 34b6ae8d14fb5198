import type { Type } from '@nestjs/common';
import { definitionOf, type TaskDefinition } from './task';
import { UnknownTaskError } from './unknown-task-error';

/** The tasks an app knows, by their wire names. */
export class TaskRegistry {
  private readonly byName = new Map<string, TaskDefinition>();
  readonly definitions: readonly TaskDefinition[];

  /** @throws TypeError when a class is not a task, or two tasks share a name or alias. */
  constructor(types: readonly Type<object>[]) {
    this.definitions = types.map((type) => definitionOf(type));
    for (const definition of this.definitions) this.add(definition);
  }

  /** @throws UnknownTaskError */
  named(name: string): TaskDefinition {
    const definition = this.byName.get(name);
    if (!definition) throw new UnknownTaskError(name, [...this.byName.keys()]);
    return definition;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  private add(definition: TaskDefinition): void {
    for (const name of [definition.name, ...definition.aliases]) {
      const other = this.byName.get(name);
      if (other) throw new TypeError(`two tasks are named ${name}: ${other.type.name} and ${definition.type.name}`);
      this.byName.set(name, definition);
    }
  }
}
