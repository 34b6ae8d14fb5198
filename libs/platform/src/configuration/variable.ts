import 'reflect-metadata';
import type { Section } from './section';
import { parserFor, type Parse } from './parsers';

/** What a section says of one environment variable. */
export interface VariableOptions {
  /** One sentence for the table in docs/configuration.md. */
  description: string;
  /** The text used when the variable is unset or empty. Without one (and without `@IsOptional()`) it is required. */
  default?: string;
  /** The whole value is a secret: never shown. The passwords of URLs are always masked and need no flag. */
  secret?: boolean;
  /** Turns the text into the property's type. Throws an Error whose message says what it must be (`a number`). */
  parse?: Parse;
}

/** One variable of a section, as {@link loadConfiguration} and the docs table read it. */
export interface DeclaredVariable extends VariableOptions {
  name: `BUDGETBUDDY_${string}`;
  property: string;
  parse: Parse;
}

const VARIABLES = Symbol('budget-buddy:variables');

/**
 * Binds a property of a configuration section to an environment variable. The text is turned into the property's
 * type (string, number, boolean) or by `parse`; class-validator decorators beside it check it.
 */
export function Variable(name: `BUDGETBUDDY_${string}`, options: VariableOptions): PropertyDecorator {
  return (target, key) => {
    const property = String(key);
    const parse = options.parse ?? parserFor(Reflect.getMetadata('design:type', target, key), `${name} (${property})`);
    const declared = variablesOf(target.constructor as Section);
    Reflect.defineMetadata(VARIABLES, [...declared, { ...options, name, property, parse }], target.constructor);
  };
}

/** The variables a section declares, in the order of its source. */
export function variablesOf(section: Section): DeclaredVariable[] {
  return (Reflect.getMetadata(VARIABLES, section) as DeclaredVariable[] | undefined) ?? [];
}
