import { accessSync, constants, existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { searchPath } from './owned-process';
import { postgresProgram } from './postgres-program';
import { rabbitmqProgram } from './rabbitmq-program';
import { redisProgram } from './redis-program';
import type { ServerKind } from './server';
import type { ServerProgram } from './server-program';

/** Finds the installed binaries of a server; undefined when there are none. */
export const findProgram: Record<ServerKind, () => ServerProgram | undefined> = {
  postgres() {
    const folder = [...debianPostgresFolders(), ...searchPath].find((each) => has(each, 'postgres', 'initdb'));
    return folder === undefined ? undefined : postgresProgram(folder);
  },

  redis() {
    const folder = searchPath.find((each) => has(each, 'redis-server'));
    return folder === undefined ? undefined : redisProgram(join(folder, 'redis-server'));
  },

  rabbitmq() {
    // Debian's own place first: what it puts into the PATH runs as the user rabbitmq, on the default ports.
    const folder = ['/usr/lib/rabbitmq/bin', ...searchPath].find((each) => has(each, 'rabbitmq-server'));
    const epmd = findPortMapper();
    if (folder === undefined || epmd === undefined) return undefined;
    return rabbitmqProgram({ server: join(folder, 'rabbitmq-server'), epmd });
  },
};

/** Newest first. They are not in the PATH. */
function debianPostgresFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).sort((one, other) => Number(other) - Number(one));
  return versions.map((version) => join(root, version, 'bin'));
}

/** Beside `erl`, which RabbitMQ needs in the PATH anyway. */
function findPortMapper(): string | undefined {
  const erlang = searchPath.find((folder) => has(folder, 'erl'));
  if (erlang === undefined) return undefined;
  const folders = [erlang, dirname(realpathSync(join(erlang, 'erl')))];
  const folder = folders.find((each) => has(each, 'epmd'));
  return folder === undefined ? undefined : join(folder, 'epmd');
}

function has(folder: string, ...files: string[]): boolean {
  return files.every((file) => isExecutable(join(folder, file)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
