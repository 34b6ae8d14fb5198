import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of this repository, whether this runs from its source or from `dist`. */
export function repositoryRoot(from = __dirname): string {
  if (existsSync(join(from, 'nest-cli.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error(`no nest-cli.json in any folder above ${__dirname}`);
  return repositoryRoot(parent);
}
