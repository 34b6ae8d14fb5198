import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const kinds = ['killed', 'frozen', 'dropped', 'slow'];

/**
 * Each on a system of its own; and once so long that readiness has to notice. `npm run outages` has every one of them
 * for a minute, too.
 */
describe.concurrent('every way in which a server can fail, for a second', () => {
  it.each([
    ['rabbitmq', 6],
    ['postgres', 60],
    ['redis', 6],
  ])('of %s costs nothing, and readiness tells the truth', { timeout: 300_000 }, async (server, longer) => {
    const outages = [...kinds.map((kind) => `${server}/${kind}/1`), `${server}/killed/${longer}`];
    const run = spawn(process.execPath, ['dist/tools/outages.js', ...outages], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output, [code]] = await Promise.all([text(run.stdout), once(run, 'exit')]);
    process.stdout.write(output.slice(output.indexOf('\n| outage')));
    expect(output).toContain('Every promise was kept; nothing lost, nothing twice.');
    expect(code).toBe(0);
  });
});
