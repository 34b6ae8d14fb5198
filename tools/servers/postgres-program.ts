import { mkdir } from 'node:fs/promises';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { identify } from './connections';
import { connectTo } from './free-port';
import type { Command } from './owned-process';
import type { ProgramContext, ServerProgram } from './server-program';

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  // Sockets limit the length of their path; loopback does.
  unix_socket_directories: '',
  max_connections: '300',
};

/** PostgreSQL from the folder of its binaries. It is as durable as in production (fsync on), and trusts loopback. */
export function postgresProgram(binaries: string): ServerProgram {
  const path = join(binaries, 'postgres');
  const command = (context: ProgramContext, program: string, args: string[]): Command => ({
    file: join(binaries, program),
    args,
    folder: context.folder,
    account: context.account,
    // "Immediate shutdown": ends its children too and frees its shared memory, but does not tidy its data.
    endSignal: 'SIGQUIT',
    log: join(context.folder, 'postgres.log'),
  });
  const data = ({ folder }: ProgramContext) => join(folder, 'data');
  const url = ([port]: number[]) => `postgres://postgres@127.0.0.1:${port}/postgres`;

  return {
    kind: 'postgres',
    path,
    portCount: 1,
    stopSignal: 'SIGINT',
    url,

    async setUp(context) {
      await mkdir(data(context), { mode: 0o700 });
      if (context.account) chownSync(data(context), context.account.uid, context.account.gid);
      const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale'];
      // What initdb writes need not survive a crash of the machine: the next run starts anew.
      return command(context, 'initdb', ['--pgdata', data(context), ...options, '--no-sync']);
    },

    async steps(context) {
      const settings = { ...SETTINGS, port: String(context.ports[0]) };
      const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      const check = async () => {
        await connectTo(context.ports[0] as number);
        const found = await identify.postgres(url(context.ports));
        if (found !== data(context)) throw new Error(`port ${context.ports[0]} is another PostgreSQL's, of ${found}`);
      };
      return [{ command: command(context, 'postgres', ['-D', data(context), ...args]), check }];
    },
  };
}
