import { type Outage, SLOW_MS } from './outage';
import type { SystemUnderTest } from '../faults/system-under-test';

/** As the apps ask PostgreSQL to look by TCP keepalive. RabbitMQ has heartbeats, and Redis holds nothing for a client. */
const POSTGRES_NOTICES_MS = 11_000;

/** Begins an outage. @returns what ends it; resolves when the server answers again. */
export async function strike(system: SystemUnderTest, { server, kind }: Outage): Promise<() => Promise<void>> {
  const [struck, network] = [system.servers[server], system.network[server]];
  switch (kind) {
    case 'killed':
      await struck.kill();
      return () => struck.start();
    case 'frozen':
      await struck.pause();
      return () => struck.resume();
    case 'dropped':
      network.drop(server === 'postgres' ? POSTGRES_NOTICES_MS : undefined);
      return async () => network.stopDropping();
    case 'slow':
      network.slowDown(SLOW_MS);
      return async () => network.slowDown(0);
  }
}
