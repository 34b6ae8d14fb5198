import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../repository-root';
import { type Account, canEnter } from './account';

/** Where runs keep their data, each in a folder of its own. */
export interface RunPlace {
  folder: string;
  /** What the names of the runs' folders start with. */
  prefix: string;
}

const ownFolder = join(repositoryRoot(), '.servers');

/** The repository's own, git-ignored place first; the second is for when servers cannot get there. */
export const runPlaces: RunPlace[] = [
  { folder: ownFolder, prefix: 'run-' },
  { folder: tmpdir(), prefix: 'budget-buddy-servers-run-' },
];

/** The first place where we may write, and that the account (when there is one) can enter. */
export function findRunPlace(account: Account | undefined, places = runPlaces): RunPlace {
  const place = places.find(({ folder }) => isWritable(folder) && (!account || canEnter(account, folder)));
  if (!place) throw new Error(`No place for the servers' data: tried ${places.map(({ folder }) => folder).join(', ')}`);
  return place;
}

/** A new folder for one run. Other users may pass through it, and see nothing. */
export function createRunFolder({ folder, prefix }: RunPlace): string {
  mkdirSync(folder, { recursive: true });
  const created = realpathSync(mkdtempSync(join(folder, prefix)));
  chmodSync(created, 0o711);
  return created;
}

/** The folders of all our runs at this place, whether they still go on or not. */
export function listRunFolders({ folder, prefix }: RunPlace): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(prefix))
      .map((name) => realpathSync(join(folder, name)))
      .filter((run) => statSync(run).uid === process.getuid?.());
  } catch {
    return [];
  }
}

/** Removes the repository's own place unless another run is there. */
export async function removeEmptyPlace(): Promise<void> {
  await rmdir(ownFolder).catch(() => {});
}

function isWritable(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
