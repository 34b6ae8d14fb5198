import 'reflect-metadata';
import { schema } from '@budget-buddy/budgets';
import { describeError, loadConfiguration, migrate, openDatabase, PostgresConfiguration } from '@budget-buddy/platform';
import { AppGroup } from './apps/app-group';
import { type AppProcess } from './apps/app-process';
import { endOnSignals } from './end-on-signals';
import { startServers } from './servers';

/** Runs the scheduler, one worker and the dashboard until Ctrl-C: on the configured servers, or on throw-away ones. */
async function main(signal: AbortSignal): Promise<never> {
  const servers = await startServers({ onProgress: print, handleSignals: false, signal });
  try {
    signal.throwIfAborted();
    await bringUpToDate(servers.env);
    print('starting scheduler, worker and dashboard');
    const apps = await AppGroup.start(['scheduler', 'worker', 'dashboard'], {
      env: { BUDGETBUDDY_LOG_FORMAT: 'pretty', ...servers.env },
      onLine,
      signal,
    });
    try {
      print(welcome(apps, servers.env));
      return await untilTheEnd(apps, signal);
    } finally {
      await apps.stop();
    }
  } finally {
    await servers.stop();
  }
}

async function bringUpToDate(env: Record<string, string>): Promise<void> {
  const db = openDatabase(
    loadConfiguration([PostgresConfiguration], { ...process.env, ...env }).get(PostgresConfiguration),
  );
  try {
    for (const { name } of await migrate(db, schema)) print(`migrated ${name}`);
  } finally {
    await db.destroy();
  }
}

async function untilTheEnd(apps: AppGroup, signal: AbortSignal): Promise<never> {
  // A signal that is aborted already tells its listeners nothing.
  signal.throwIfAborted();
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    for (const app of apps.apps) {
      void app.exited.then(({ code, signal: by }) => reject(new Error(`${app.name} ended with ${by ?? code}`)));
    }
  });
}

function welcome({ apps }: AppGroup, env: Record<string, string>): string {
  return [
    '',
    ...apps.map(({ name, address }) => `${name.padEnd(10)} ${address}`),
    ...Object.entries(env)
      // Whoever has set it knows it, and it may hold a password.
      .filter(([name, value]) => process.env[name] !== value)
      .map(([name, value]) => `export ${name}='${value}'`),
    '',
    'Publish an event in another terminal, after the lines above:  npm run publish -- BudgetCreated --file event.json',
    'Ctrl-C ends all of it, and removes what throw-away servers hold.',
    '',
  ].join('\n');
}

function onLine(line: string, app: AppProcess): void {
  print(`${app.name.padEnd(10)}| ${line}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

endOnSignals(main).catch((error: unknown) => {
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(1);
});
