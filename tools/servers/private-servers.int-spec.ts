import { existsSync } from 'node:fs';
import { createServer, type Server as NetServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitFor } from '@budget-buddy/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as ports from './free-port';
import { ServerStartError } from './private-server';
import { startPrivately } from './private-servers';
import { processesIn } from './process-table';
import { findProgram } from './programs';
import { redisProgram } from './redis-program';
import type { Command } from './owned-process';
import type { Run } from './run';
import type { ServerProgram } from './server-program';

describe('starting servers side by side', () => {
  let run: Run | undefined;
  const provision = () => ({
    progress: () => {},
    signal: new AbortController().signal,
    onRun: (started: Run) => (run = started),
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await run?.end();
  });

  it('gives up all when one fails, tells why, and leaves nothing behind', async () => {
    const [postgres, redis] = [findProgram.postgres(), findProgram.redis()];
    const broken = { ...redisProgram('/bin/cat'), kind: 'rabbitmq' as const };
    const start = startPrivately([postgres!, broken, redis!], provision());

    const error: unknown = await start.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ServerStartError);
    expect(error).toMatchObject({ kind: 'rabbitmq', lastWords: expect.stringContaining('cat:') });
    expect((error as Error).message).toMatch(/^RabbitMQ did not start: \/bin\/cat: exit code 1/);

    await run!.end();
    expect(processesIn(run!.folder)).toEqual([]);
    expect(existsSync(run!.folder)).toBe(false);
  });

  it('does not wait for the others when one has failed', async () => {
    const start = startPrivately([neverReady(), redisProgram('/bin/false')], provision());
    await expect(start).rejects.toThrow('/bin/false: exit code 1');
  });

  it('looks again when a look is never answered', async () => {
    const redis = findProgram.redis()!;
    let looks = 0;
    const steps: ServerProgram['steps'] = async (context, pidOf) => {
      const [step] = await redis.steps(context, pidOf);
      const check = () => (++looks === 1 ? new Promise<never>(() => undefined) : step!.check());
      return [{ ...step!, check }];
    };
    await startPrivately([{ ...redis, steps }], provision());
    expect(looks).toBeGreaterThan(1);
  });

  it('tells when there is no such program', async () => {
    const start = startPrivately([redisProgram('/nowhere/redis-server')], provision());
    await expect(start).rejects.toThrow('/nowhere/redis-server');
  });

  it.each(['redis', 'postgres'] as const)('moves %s to another port when somebody took the first', async (kind) => {
    const stranger = await listen();
    const taken = (stranger.address() as { port: number }).port;
    const freePort = vi.spyOn(ports, 'freePort').mockResolvedValueOnce(taken);

    const [server] = await startPrivately([findProgram[kind]()!], provision());
    expect(freePort).toHaveBeenCalledTimes(2);
    expect(server?.url).not.toContain(String(taken));
    stranger.close();
  });

  it('is given up with the signal', async () => {
    const giveUp = new AbortController();
    const start = startPrivately([neverReady()], { ...provision(), signal: giveUp.signal });
    await waitFor(() => processesIn(run?.folder ?? '').length > 0, { description: 'the server to start' });
    giveUp.abort(new Error('changed my mind'));
    await expect(start).rejects.toThrow('changed my mind');
  });
});

/** A server that starts, and then never answers. */
function neverReady(): ServerProgram {
  return {
    ...redisProgram('/bin/sleep'),
    kind: 'rabbitmq',
    steps: async ({ folder }) => {
      const command: Command = { file: 'sleep', args: ['60'], folder, endSignal: 'SIGKILL', log: join(folder, 'log') };
      return [{ command, check: () => Promise.reject(new Error('not yet')) }];
    },
  };
}

/** Somebody who accepts connections and never says a word. */
async function listen(): Promise<NetServer> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
