import { check, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { goals } from '../goals';
import { Results } from '../results';
import { rows } from '../rows';
import { compare } from './compare';
import { renderMarkdown, renderText } from './markdown';
import { renderPlot } from './plot';
import type { Report } from './report';

const PATH = 'docs/performance.md';

/** Each side is as good as its place in the row, and a little worse in the second round. */
function madeUp(): Report {
  const results = new Results();
  for (const round of [0, 1]) {
    for (const row of rows) {
      for (const [index, side] of row.sides.entries()) {
        const figures = row.figures.map(({ id }) => [id, 100 * (index + 1) + round]);
        results.add(row, side, round, Object.fromEntries(figures) as Record<string, number>);
      }
    }
  }
  return { rows, rounds: 2, results, machine: [['processor', 'an abacus | two of them']] };
}

describe('the report of a run', () => {
  const report = madeUp();

  it('judges each goal, and has a table for each row, in the form the repository wants', async () => {
    const text = await renderMarkdown(report, PATH);
    for (const goal of goals) expect(text).toContain(`| ${goal.text} `);
    for (const row of rows) expect(text).toContain(`### ${row.title}\n`);
    expect(text).not.toContain('not measured');
    expect(text).toContain('an abacus \\| two of them');
    expect(await check(text, { ...(await resolveConfig(PATH)), filepath: PATH })).toBe(true);
  });

  it('says what was not measured', async () => {
    const text = await renderText({ ...report, results: new Results() });
    expect(text.match(/not measured/g)!.length).toBeGreaterThan(goals.length);
    expect(text).not.toContain('reached');
  });

  it('compares no counts, and divides so that more is always better', () => {
    const comparisons = compare(rows, report.results);
    expect(comparisons.map(({ figure }) => figure.unit)).not.toContain('');
    const [throughput] = comparisons.filter(({ figure }) => figure.id === 'perSecond');
    const [lateness] = comparisons.filter(({ figure }) => figure.id === 'last');
    expect(throughput!.times.median).toBeCloseTo(0.5, 1);
    expect(lateness!.times.median).toBeCloseTo(2, 1);
  });

  it('compares another system with what of this one is arranged as it is', () => {
    const late = compare(rows, report.results).filter(
      ({ row, figure }) => row.id === 'neighbours' && figure.id === 'p99',
    );
    // One process for both queues: the 3rd side with the 1st. One for each: the 4th with the 2nd.
    expect(late.map(({ other, times }) => [other.id, Math.round(times.median)])).toEqual([
      ['raw', 3],
      ['raw-apart', 2],
    ]);
  });

  it('draws a dot for each comparison', () => {
    const comparisons = compare(rows, report.results);
    const plot = renderPlot(comparisons);
    expect(plot.match(/<circle /g)).toHaveLength(comparisons.length);
    expect(plot).not.toMatch(/NaN|Infinity|undefined/);
  });
});
