import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { identify } from '../../tools/servers/connections';
import { searchPath } from '../../tools/servers/owned-process';
import type { PrivateServer } from '../../tools/servers/private-server';
import { findProgram } from '../../tools/servers/programs';
import type { ProgramContext, ServerProgram } from '../../tools/servers/server-program';
import type { ExtraServers } from './extra-servers';

/** What the nodes of a cluster share. */
interface Membership {
  readonly cookie: string;
  /** The nodes' names, from the first. */
  readonly names: string[];
  /** How to ask the first node; it has the port mapper of all. */
  controls?: { file: string; folder: string; env: Record<string, string> };
}

const run = promisify(execFile);

/** A RabbitMQ cluster of three nodes on loopback. */
export class RabbitCluster {
  private constructor(
    readonly nodes: readonly [PrivateServer, PrivateServer, PrivateServer],
    private readonly membership: Membership,
  ) {}

  /** The first node alone, then two that join it. */
  static async start(servers: ExtraServers): Promise<RabbitCluster> {
    const membership: Membership = { cookie: randomBytes(12).toString('hex'), names: [] };
    const first = await servers.start(node(membership, 1), 'rabbitmq-1');
    const [second, third] = await Promise.all([2, 3].map((n) => servers.start(node(membership, n), `rabbitmq-${n}`)));
    return new RabbitCluster([first, second!, third!], membership);
  }

  /** The URL list that begins with this node (0, 1 or 2). */
  urlFrom(index: number): string {
    const urls = this.nodes.map(({ url }) => url);
    return [...urls.slice(index), ...urls.slice(0, index)].join();
  }

  /** The node that leads a quorum queue. */
  async leaderOf(queue: string): Promise<PrivateServer> {
    const rows = await this.control('list_queues', '--formatter', 'json', 'name', 'leader', 'members');
    const found = (JSON.parse(rows) as { name: string; leader: string; members: string[] }[]).find(
      ({ name }) => name === queue,
    );
    if (found?.members.length !== this.nodes.length)
      throw new Error(`${queue} is on ${found?.members.join() ?? 'none'}`);
    return this.nodes[this.membership.names.indexOf(found.leader)]!;
  }

  private async control(...args: string[]): Promise<string> {
    const { names, controls } = this.membership;
    const { file, folder, env } = controls!;
    const { stdout } = await run(file, ['-q', '-n', names[0]!, ...args], {
      env: { ...env, PATH: searchPath.join(':') },
      cwd: folder,
    });
    return stdout;
  }
}

/** The n-th node, from 1: with its own name, on the first one's port mapper, and with the cookie of all. */
function node(membership: Membership, n: number): ServerProgram | undefined {
  const program = findProgram.rabbitmq();
  if (!program) return undefined;
  return {
    ...program,
    async steps(context, pidOf) {
      const steps = await program.steps(context, pidOf);
      const name = (membership.names[n - 1] = nodeName(context, n));
      await writeFile(join(context.folder, '.erlang.cookie'), membership.cookie, { mode: 0o600 });
      if (n > 1) await writeFile(join(context.folder, 'rabbitmq.config'), joining(context, n));
      for (const { command } of steps) {
        const { ERL_EPMD_PORT = command.env!['ERL_EPMD_PORT']! } = membership.controls?.env ?? {};
        command.env = { ...command.env, ERL_EPMD_PORT, RABBITMQ_NODENAME: name };
      }
      const env = steps.at(-1)!.command.env!;
      membership.controls ??= { file: join(dirname(program.path), 'rabbitmqctl'), folder: context.folder, env };
      return n === 1 ? steps : [{ command: steps[1]!.command, check: () => isNamed(name, program.url(context.ports)) }];
    },
  };
}

async function isNamed(name: string, url: string): Promise<void> {
  const found = await identify.rabbitmq(url);
  if (!found.startsWith(name.replace(/@.*/, '@'))) throw new Error(`${url} is another RabbitMQ's, ${found}`);
}

/** The run's name is in it: that tells ours from others. */
function nodeName({ folder }: ProgramContext, n: number): string {
  const run = basename(dirname(folder));
  return n === 1 ? `${run}@localhost` : `${run}-${n}@localhost`;
}

function joining(context: ProgramContext, n: number): string {
  return `[{rabbit, [
  {tcp_listeners, [{"127.0.0.1", ${context.ports[0]}}]},
  {loopback_users, [<<"guest">>]},
  {disk_free_limit, 50000000},
  {cluster_nodes, {['${nodeName(context, 1)}', '${nodeName(context, n)}'], disc}}
]}].
`;
}
