import { waitFor } from '@budget-buddy/testing';
import { Redis } from 'ioredis';
import type { PrivateServer } from '../../tools/servers/private-server';
import { findProgram } from '../../tools/servers/programs';
import { type ExtraServers, portOf, withArguments } from './extra-servers';

const MASTERS = 3;
const SLOTS = 16_384;
/** How long the nodes do without one of them before they call it lost. */
const NODE_TIMEOUT_MS = 2_000;

interface Node {
  server: PrivateServer;
  client: Redis;
}

/** A Redis Cluster on loopback: three masters, and a replica of each. */
export class RedisCluster {
  private constructor(private readonly nodes: readonly Node[]) {}

  static async start(servers: ExtraServers): Promise<RedisCluster> {
    const program = { ...withArguments(findProgram.redis(), clusterArguments)!, portCount: 2 };
    const started = await Promise.all(
      Array.from({ length: 2 * MASTERS }, (_, index) => servers.start(program, `redis-${index}`)),
    );
    const nodes = started.map((server) => ({ server, client: new Redis(portOf(server), '127.0.0.1') }));
    for (const { client } of nodes) client.on('error', () => undefined);
    const cluster = new RedisCluster(nodes);
    await cluster.join();
    return cluster;
  }

  get url(): string {
    return `redis+cluster://${this.nodes.map(({ server }) => `127.0.0.1:${portOf(server)}`).join(',')}`;
  }

  /** Keys of one slot are on one master; different slots can be on different ones. */
  slotOf(key: string): Promise<number> {
    return this.client.cluster('KEYSLOT', key);
  }

  /** The server that holds a key now. */
  async masterOf(key: string): Promise<PrivateServer> {
    const { client } = this;
    const slot = await this.slotOf(key);
    const [, , master] = (await client.cluster('SLOTS')).find(([first, last]) => slot >= first && slot <= last)!;
    return this.nodes.find(({ server }) => portOf(server) === master?.[1])!.server;
  }

  async has(key: string): Promise<boolean> {
    const master = await this.masterOf(key);
    return (await this.nodes.find(({ server }) => server === master)!.client.exists(key)) === 1;
  }

  /** Everything a master holds is gone, and its replica's with it. */
  async wipe(master: PrivateServer): Promise<void> {
    await this.nodes.find(({ server }) => server === master)!.client.flushall();
  }

  disconnect(): void {
    for (const { client } of this.nodes) client.disconnect();
  }

  private get client(): Redis {
    return this.nodes.find(({ client }) => client.status === 'ready')!.client;
  }

  private async join(): Promise<void> {
    const [first, ...others] = this.nodes as [Node, ...Node[]];
    const masters = this.nodes.slice(0, MASTERS);
    await Promise.all(masters.map(({ client }, index) => client.cluster('ADDSLOTS', ...slotsOf(index))));
    for (const { server } of others) await first.client.call('cluster', 'meet', ...(await addressOf(server)));
    await this.all(/cluster_known_nodes:6/);
    await Promise.all(
      this.nodes.slice(MASTERS).map(async ({ client }, index) => {
        const id = String(await masters[index]!.client.cluster('MYID'));
        await client.cluster('REPLICATE', id);
      }),
    );
    await this.all(/cluster_state:ok/);
    // A replica that has not caught up would not take over.
    const linked = async () =>
      (await Promise.all(masters.map(({ client }) => client.info('replication')))).every((info) =>
        /state=online/.test(info),
      );
    await waitFor(linked, { timeoutMs: 30_000, description: 'all replicas to follow their masters' });
  }

  private async all(state: RegExp): Promise<void> {
    const reached = async () =>
      (await Promise.all(this.nodes.map(({ client }) => client.cluster('INFO')))).every((info) => state.test(info));
    await waitFor(reached, { timeoutMs: 30_000, description: `all nodes to say ${state}` });
  }
}

function clusterArguments([, busPort]: number[]): string[] {
  return [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
    ...['--cluster-node-timeout', String(NODE_TIMEOUT_MS), '--repl-diskless-sync-delay', '0'],
  ];
}

function slotsOf(master: number): number[] {
  const [first, end] = [master, master + 1].map((index) => Math.floor((index * SLOTS) / MASTERS)) as [number, number];
  return Array.from({ length: end - first }, (_, index) => first + index);
}

async function addressOf(server: PrivateServer): Promise<[string, number, number]> {
  const client = new Redis(portOf(server), '127.0.0.1');
  try {
    const [, busPort] = (await client.config('GET', 'cluster-port')) as [string, string];
    return ['127.0.0.1', portOf(server), Number(busPort)];
  } finally {
    client.disconnect();
  }
}
