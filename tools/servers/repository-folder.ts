import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The root of the repository, from the sources as well as from what was built of them. */
export const repositoryFolder = find(__dirname);

function find(folder: string): string {
  if (existsSync(join(folder, 'package-lock.json')) || dirname(folder) === folder) return folder;
  return find(dirname(folder));
}
