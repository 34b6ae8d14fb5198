import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table } from '../report/tables';
import { selfTimes } from './self-times';

const SHOWN = 15;

/** The CPU profiles that this system's apps write when they end. */
export class Profiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'budget-buddy-profiles-'));

  /** What has a Node process write one. */
  get nodeArguments(): readonly string[] {
    return ['--cpu-prof', `--cpu-prof-dir=${this.folder}`];
  }

  /** What took most of the time in each, as Markdown. The start of the app is in it. */
  describe(): string {
    const files = readdirSync(this.folder).sort();
    const tables = files.map((file) => {
      const times = selfTimes(join(this.folder, file), SHOWN);
      const lines = times.map(({ name, file: source, share }) => [`${(100 * share).toFixed(1)} %`, name, source]);
      return `### ${join(this.folder, file)}\n\n${table(['of its time', 'function', 'in'], lines)}`;
    });
    return ['## Profiles', ...tables].join('\n\n');
  }
}
