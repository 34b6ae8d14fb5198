import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { identify } from './connections';
import { rabbitmqProgram } from './rabbitmq-program';

describe('our RabbitMQ', () => {
  let run: string;
  let port: number;
  let listener: Server;

  beforeEach(async () => {
    run = mkdtempSync(join(tmpdir(), 'run-'));
    mkdirSync(join(run, 'rabbitmq'));
    listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    ({ port } = listener.address() as AddressInfo);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    listener.close();
    rmSync(run, { recursive: true });
  });

  const check = async (clusterName: string) => {
    vi.spyOn(identify, 'rabbitmq').mockResolvedValue(clusterName);
    const program = rabbitmqProgram({ server: 'rabbitmq-server', epmd: 'epmd' });
    const steps = await program.steps({ folder: join(run, 'rabbitmq'), ports: [port, 1, 2] }, () => undefined);
    await steps.at(-1)?.check();
  };

  it.each(['localhost', 'vm.example.org'])('is recognised by its cluster name, also at %s', async (host) => {
    await expect(check(`${basename(run)}@${host}`)).resolves.toBeUndefined();
  });

  it('is told from another one that got the port', async () => {
    await expect(check('rabbit@localhost')).rejects.toThrow("another RabbitMQ's, rabbit@localhost");
    await expect(check(`${basename(run)}x@localhost`)).rejects.toThrow('another');
  });
});
