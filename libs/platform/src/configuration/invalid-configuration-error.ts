import { StartupError } from '../app/startup-error';

/** One thing that is wrong with the environment. Its value is safe to show. */
export interface ConfigurationProblem {
  variable: string;
  /** What was found, with secrets masked; `undefined` when nothing was set. */
  value: string | undefined;
  /** Reads on from the variable's name: `must be a number`. */
  expected: string;
}

/** The environment cannot be used. Lists every problem of every section at once, so that one restart mends all. */
export class InvalidConfigurationError extends StartupError {
  override readonly name = 'InvalidConfigurationError';

  constructor(readonly problems: ConfigurationProblem[]) {
    const lines = problems.map(({ variable, value, expected }) => {
      const found = value === undefined ? 'is not set' : `is ${JSON.stringify(value)}`;
      return `  ${variable} ${found}: it ${expected}`;
    });
    super(`The configuration is invalid (${problems.length}):\n${lines.join('\n')}`);
  }
}
