import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { connectTo, freePort, isPortFree } from './free-port';

describe('a free port', () => {
  it('is free, and below those that outgoing connections get', async () => {
    const port = await freePort();
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_768);
    expect(await isPortFree(port)).toBe(true);
  });

  it('is handed out once', async () => {
    const ports = new Set<number>();
    for (let count = 1; count <= 500; count++) expect(ports.add(await freePort()).size).toBe(count);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('is not one on which somebody listens at %s', async (host) => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await isPortFree(port)).toBe(false);
    await expect(connectTo(port)).resolves.toBeUndefined();
    server.close();
    await once(server, 'close');
    expect(await isPortFree(port)).toBe(true);
    await expect(connectTo(port)).rejects.toThrow('ECONNREFUSED');
  });
});
