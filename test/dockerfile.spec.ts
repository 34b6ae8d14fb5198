import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NODE_ARGUMENTS } from '../tools/apps/app-process';

interface Stage {
  from: string;
  lines: string[];
}

const stages = readStages();
const images = ['migrate', 'dashboard', 'scheduler', 'worker'];

describe('the Dockerfile', () => {
  it('builds on one base, pinned to a patch release', () => {
    const bases = [...stages.values()].map(({ from }) => from).filter((from) => !stages.has(from));
    expect(bases).toEqual([expect.stringMatching(/^node:\d+\.\d+\.\d+-bookworm-slim$/)]);
  });

  it('runs production dependencies only', () => {
    expect(linesOf('worker').filter((line) => line.includes('node_modules'))).toEqual([
      'COPY --from=dependencies /app/node_modules node_modules',
    ]);
    expect(linesOf('dependencies').join('\n')).toContain('npm ci --omit=dev');
  });
});

describe.each(['scheduler', 'worker'])('the image %s', (image) => {
  it('gives Node what everything here is tested and measured with', () => {
    expect(JSON.parse(last(image, 'CMD'))).toEqual(['node', ...NODE_ARGUMENTS, `dist/apps/${image}/src/main.js`]);
  });
});

describe.each(images)('the image %s', (image) => {
  const command = JSON.parse(last(image, 'CMD')) as string[];

  it('runs as node, not as root', () => {
    expect(last(image, 'USER')).toBe('node');
  });

  it('runs its program directly, so that it gets the signals', () => {
    expect(command[0]).toBe('node');
    expect(linesOf(image).some((line) => line.startsWith('ENTRYPOINT'))).toBe(false);
  });

  it('runs a program that is built from this repository', () => {
    expect(command.at(-1)).toMatch(/^dist\/.+\.js$/);
    expect(
      existsSync(
        command
          .at(-1)!
          .replace(/^dist\//, '')
          .replace(/\.js$/, '.ts'),
      ),
    ).toBe(true);
  });

  it('asks for its health where it listens, if it does', () => {
    if (image === 'migrate') return expect(last(image, 'HEALTHCHECK')).toBe('NONE');
    const environment = Object.fromEntries(
      linesOf(image).flatMap((line) => [...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value])),
    ) as Record<string, string>;
    const port = environment[`BUDGETBUDDY_${image.toUpperCase()}_PORT`];
    expect(last(image, 'EXPOSE')).toBe(port);
    expect(environment.HEALTH_URL).toBe(`http://127.0.0.1:${port}/health/live`);
    expect(last(image, 'HEALTHCHECK')).toContain('process.env.HEALTH_URL');
  });
});

/** The instructions of a stage after those it inherits. */
function linesOf(name: string): string[] {
  const stage = stages.get(name);
  return stage ? [...linesOf(stage.from), ...stage.lines] : [];
}

function last(stage: string, instruction: string): string {
  const line = linesOf(stage).findLast((candidate) => candidate.startsWith(`${instruction} `));
  return line?.slice(instruction.length + 1) ?? '';
}

function readStages(): Map<string, Stage> {
  const found = new Map<string, Stage>();
  let current: Stage | undefined;
  const text = readFileSync('Dockerfile', 'utf8').replace(/\\\n/g, ' ');
  for (const line of text.split('\n').filter((candidate) => /^[A-Z]/.test(candidate))) {
    const [, from, name] = /^FROM (\S+) AS (\S+)$/.exec(line) ?? [];
    if (from && name) found.set(name, (current = { from, lines: [] }));
    else current?.lines.push(line);
  }
  return found;
}
