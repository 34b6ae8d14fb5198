import type { Section } from './section';
import { variablesOf } from './variable';

/** One row of the table in docs/configuration.md. */
export interface VariableRow {
  section: string;
  name: string;
  /** `undefined` when there is none: required, or optional without a default. */
  default: string | undefined;
  secret: boolean;
  description: string;
}

/** What the sections read from the environment, in the order of their source. */
export function describeVariables(sections: readonly Section[]): VariableRow[] {
  return sections.flatMap((section) =>
    variablesOf(section).map(({ name, default: text, secret = false, description }) => ({
      section: section.name,
      name,
      default: text,
      secret,
      description,
    })),
  );
}
