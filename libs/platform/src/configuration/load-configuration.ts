import { validateSync } from 'class-validator';
import { maskCredentialsInValue } from '../mask-credentials';
import { type ConfigurationProblem, InvalidConfigurationError } from './invalid-configuration-error';
import type { Section } from './section';
import { type DeclaredVariable, variablesOf } from './variable';

/** The environment as Node gives it. */
export type Environment = Record<string, string | undefined>;

/** The loaded sections, by their class. */
export class Configuration {
  constructor(private readonly instances: ReadonlyMap<Section, object>) {}

  /** @throws Error when the section was not among those loaded. */
  get<T extends object>(section: Section<T>): T {
    const instance = this.instances.get(section);
    if (!instance) throw new Error(`Configuration: ${section.name} was not loaded`);
    return instance as T;
  }
}

/**
 * Reads and checks all sections from the environment. An empty variable counts as unset.
 * @throws InvalidConfigurationError that lists all problems of all sections.
 */
export function loadConfiguration(sections: readonly Section[], env: Environment = process.env): Configuration {
  const problems: ConfigurationProblem[] = [];
  const instances = new Map(sections.map((section) => [section, loadSection(section, env, problems)]));
  if (problems.length > 0) throw new InvalidConfigurationError(problems);
  return new Configuration(instances);
}

function loadSection(section: Section, env: Environment, problems: ConfigurationProblem[]): object {
  const instance = new section() as Record<string, unknown>;
  const variables = variablesOf(section);
  const unreadable = new Set<string>();
  for (const variable of variables) {
    const text = textOf(variable, env);
    if (text === undefined) continue;
    try {
      instance[variable.property] = variable.parse(text);
    } catch (error) {
      unreadable.add(variable.property);
      problems.push(problem(variable, env, `must be ${error instanceof Error ? error.message : String(error)}`));
    }
  }
  for (const violation of validateSync(instance, { forbidUnknownValues: false })) {
    if (unreadable.has(violation.property)) continue;
    const variable = variables.find(({ property }) => property === violation.property);
    const expected = Object.values(violation.constraints ?? {}).map((message) =>
      asExpectation(message, violation.property),
    );
    problems.push(problem(variable ?? { name: violation.property }, env, expected.join(', ')));
  }
  return instance;
}

function textOf(variable: DeclaredVariable, env: Environment): string | undefined {
  const text = env[variable.name]?.trim();
  return text === undefined || text === '' ? variable.default : text;
}

function problem(
  variable: { name: string; secret?: boolean },
  env: Environment,
  expected: string,
): ConfigurationProblem {
  const text = env[variable.name]?.trim();
  if (!text) return { variable: variable.name, value: undefined, expected };
  const value = variable.secret ? '***' : maskCredentialsInValue(text);
  // A parser may well repeat what it could not read.
  return { variable: variable.name, value, expected: expected.replaceAll(text, value) };
}

/** class-validator says `poolSize must not be less than 1`; who reads it knows the variable, not the property. */
function asExpectation(message: string, property: string): string {
  return message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;
}
