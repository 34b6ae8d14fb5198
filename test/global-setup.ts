import { requireSingleServers, type Servers, startServers } from '../tools/servers';

/** What the projects of one Vitest process share: each of them loads this file anew, and calls it. */
interface Shared {
  users: number;
  servers: Promise<Servers>;
}

const shared = globalThis as { [key: symbol]: Shared | undefined };
const key = Symbol.for('budget-buddy-tasks.test-servers');

/** Starts the servers once for all projects that need some; their workers inherit the environment. */
export async function setup(): Promise<void> {
  requireSingleServers(process.env);
  const mine = (shared[key] ??= { users: 0, servers: startServers() });
  mine.users++;
  Object.assign(process.env, (await mine.servers).env);
}

/** Stops the servers with the last project. */
export async function teardown(): Promise<void> {
  const mine = shared[key];
  if (!mine || --mine.users > 0) return;
  shared[key] = undefined;
  await (await mine.servers).stop();
}
