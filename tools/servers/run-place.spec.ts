import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { canEnter, unprivilegedAccount } from './account';
import { createRunFolder, findRunPlace, listRunFolders } from './run-place';

describe('the place of a run', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'run-place-'));
    chmodSync(root, 0o755);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const place = (name: string) => ({ folder: join(root, name), prefix: 'run-' });

  /** Not even root can write there. */
  const belowFile = () => {
    writeFileSync(join(root, 'file'), '');
    return place('file/first');
  };

  it('is the first one, which is made when it is not there', () => {
    expect(findRunPlace(undefined, [place('first'), place('second')])).toEqual(place('first'));
    expect(statSync(join(root, 'first')).isDirectory()).toBe(true);
  });

  it('is the next one where the first cannot be written', () => {
    const impossible = belowFile();
    expect(findRunPlace(undefined, [impossible, place('second')])).toEqual(place('second'));
  });

  it('says what was tried when there is none', () => {
    const impossible = belowFile();
    expect(() => findRunPlace(undefined, [impossible])).toThrow(impossible.folder);
  });

  const account = unprivilegedAccount();
  it.runIf(account)('is the next one where the account cannot enter the first', () => {
    mkdirSync(join(root, 'private'), { mode: 0o700 });
    const places = [place('private/first'), place('second')];
    expect(findRunPlace(account, places)).toEqual(places[1]);
  });

  it.runIf(account)('can be passed through by the account, and not be read', () => {
    const folder = createRunFolder(place('first'));
    expect(canEnter(account!, folder)).toBe(true);
    expect(statSync(folder).mode & 0o777).toBe(0o711);
  });

  it('holds a folder of its own for each run', () => {
    const one = createRunFolder(place('first'));
    const other = createRunFolder(place('first'));
    expect(listRunFolders(place('first')).sort()).toEqual([one, other].sort());
  });
});
