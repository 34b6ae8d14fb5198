import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { identify } from './connections';
import { connectTo } from './free-port';
import type { Command } from './owned-process';
import type { ProgramContext, ServerProgram, Step } from './server-program';

/** The programs of a RabbitMQ. */
export interface RabbitBinaries {
  server: string;
  /** Erlang's port mapper: nodes find each other by it. */
  epmd: string;
}

/**
 * RabbitMQ as a node that no other node meets: its own name, ports, port mapper and cookie. The mapper is a process
 * beside it: one that RabbitMQ starts by itself is a daemon, and would stay.
 */
export function rabbitmqProgram({ server, epmd }: RabbitBinaries): ServerProgram {
  const url = ([port]: number[]) => `amqp://guest:guest@127.0.0.1:${port}//`;

  const command = (context: ProgramContext, file: string, args: string[]): Command => ({
    file,
    args,
    folder: context.folder,
    env: environment(context),
    endSignal: 'SIGKILL',
    log: join(context.folder, `${basename(file)}.log`),
  });

  const mapper = (context: ProgramContext): Step => {
    const port = context.ports[2] as number;
    const args = ['-port', String(port), '-address', '127.0.0.1'];
    return { command: command(context, epmd, args), check: () => connectTo(port) };
  };

  const broker = (context: ProgramContext): Step => {
    const check = async () => {
      await connectTo(context.ports[0] as number);
      const found = await identify.rabbitmq(url(context.ports));
      if (!found.startsWith(`${runName(context)}@`))
        throw new Error(`port ${context.ports[0]} is another RabbitMQ's, ${found}`);
    };
    return { command: command(context, server, []), check };
  };

  return {
    kind: 'rabbitmq',
    path: server,
    portCount: 3,
    stopSignal: 'SIGTERM',
    url,

    async setUp() {
      return undefined;
    },

    async steps(context) {
      await writeFile(join(context.folder, 'rabbitmq.config'), configuration(context));
      await writeFile(
        join(context.folder, 'inetrc'),
        '{host, {127,0,0,1}, ["localhost"]}.\n{lookup, [file, native]}.\n',
      );
      return [mapper(context), broker(context)];
    },
  };
}

/** Names the node and, followed by what the machine is called in the opinion of the version, its cluster. */
function runName({ folder }: ProgramContext): string {
  return basename(dirname(folder));
}

/** In Erlang's own form: reading the newer one means to load the schemas of all plugins, for 2 to 5 seconds. */
function configuration({ ports }: ProgramContext): string {
  return `[{rabbit, [
  {tcp_listeners, [{"127.0.0.1", ${ports[0]}}]},
  {loopback_users, [<<"guest">>]},
  {disk_free_limit, 50000000}
]}].
`;
}

function environment(context: ProgramContext): Record<string, string> {
  const { folder, ports } = context;
  return {
    HOME: folder,
    ERL_EPMD_PORT: String(ports[2]),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    ERL_FLAGS: '-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}',
    ERL_INETRC: join(folder, 'inetrc'),
    RABBITMQ_NODENAME: `${runName(context)}@localhost`,
    RABBITMQ_DIST_PORT: String(ports[1]),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.config'),
    RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'none.config'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'none.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: '-',
    // Makes the start script become the server, instead of a parent that would survive it.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
}
