import { describeError } from '@budget-buddy/platform';
import { startServers } from './index';

/** Runs the servers until Ctrl-C, for a developer's other terminals: `eval "$(npm run --silent servers)"` would wait. */
async function main(): Promise<void> {
  const servers = await startServers();
  const lines = Object.entries(servers.env)
    // Whoever has set it knows it, and it may hold a password.
    .filter(([name, value]) => process.env[name] !== value)
    .map(([name, value]) => `export ${name}=${value}\n`);
  process.stdout.write(lines.join(''));
  process.stderr.write('Press Ctrl-C to stop them.\n');
  // Private servers are child processes, which keep this one alive; those of somebody else are not.
  setInterval(() => {}, 60_000);
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
});
