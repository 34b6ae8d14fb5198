import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonReport } from '../tools/bench/report/json';
import { rows } from '../tools/bench/rows';

/** Two minutes, and the time that Celery's packages take where they are not installed. */
const LONGEST_MS = 300_000;

const NOTHING_WRONG = { lost: 0, twice: 0, doneTwice: 0 };

const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
let bench: ChildProcess;
let report: JsonReport;
let output: string;
let docsBefore: string;

beforeAll(async () => {
  docsBefore = docs();
  const json = join(folder, 'report.json');
  bench = spawn(process.execPath, ['dist/tools/bench.js', '--quick', '--json', json], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed, [code]] = await Promise.all([text(bench.stdout!), once(bench, 'exit')]);
  output = printed;
  expect(code, output).toBe(0);
  report = JSON.parse(readFileSync(json, 'utf8')) as JsonReport;
}, LONGEST_MS);

afterAll(() => {
  bench.kill();
  rmSync(folder, { recursive: true });
});

function docs(): string {
  try {
    return readFileSync('docs/performance.md', 'utf8');
  } catch {
    return '';
  }
}

describe.each(rows)('the benchmark of $title', (row) => {
  it.each(row.sides)('measures $title, and counts right', ({ id, who }) => {
    const samples = report.samples.filter((sample) => sample.row === row.id && sample.side === id);
    expect(samples).toHaveLength(1);
    const [{ figures }] = samples as [(typeof samples)[number]];
    for (const { id: figure, optional } of row.figures) {
      if (!optional || figures[figure] !== undefined) expect(figures[figure], figure).toBeGreaterThanOrEqual(0);
    }
    if (who === 'ours') expect({ lost: 0, twice: 0, doneTwice: 0, ...figures }).toMatchObject(NOTHING_WRONG);
    // Whoever is killed may lose tasks or run them twice: that is what is measured.
    else if (row.id !== 'kill') expect({ lost: 0, twice: 0, ...figures }).toMatchObject({ lost: 0, twice: 0 });
  });
});

it('ends with the ratios and the figures', () => {
  expect(output).toContain('## Goals');
  for (const { title } of rows) expect(output).toContain(`### ${title}`);
});

it('leaves the figures of the last full run as they are when it is quick', () => {
  expect(docs()).toBe(docsBefore);
});
