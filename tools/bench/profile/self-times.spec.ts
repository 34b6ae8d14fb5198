import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { selfTimes } from './self-times';

const frame = (id: number, functionName: string, url: string, lineNumber: number) => {
  return { id, callFrame: { functionName, url, lineNumber } };
};

it('adds up what each function took itself, without the time in which there was nothing to do', () => {
  const folder = mkdtempSync(join(tmpdir(), 'self-times-'));
  const path = join(folder, 'one.cpuprofile');
  const nodes = [
    frame(1, '(idle)', '', -1),
    frame(2, 'parse', 'file:///app/node_modules/pg/lib/parser.js', 9),
    frame(3, '', 'file:///app/dist/libs/tasks/src/x.js', 0),
    frame(4, 'parse', 'file:///app/node_modules/pg/lib/parser.js', 9),
  ];
  writeFileSync(path, JSON.stringify({ nodes, samples: [1, 2, 3, 4, 1], timeDeltas: [500, 100, 100, 200, 500] }));
  expect(selfTimes(path, 5)).toEqual([
    { name: 'parse', file: 'pg/lib/parser.js:10', share: 0.75 },
    { name: '(anonymous)', file: 'libs/tasks/src/x.js:1', share: 0.25 },
  ]);
  expect(selfTimes(path, 1)).toHaveLength(1);
  rmSync(folder, { recursive: true });
});
