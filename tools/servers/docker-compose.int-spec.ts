import { chmodSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@budget-buddy/testing';
import Redis from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NoServersError, startServers } from './index';
import { isAlive } from './process-table';

/**
 * Docker as far as Redis is concerned: no engine is at hand in every place where these tests run. It writes down what
 * it is asked for, and its containers are processes.
 */
const DOCKER = `#!/bin/sh
echo "$*" >> "$0.calls"
folder=$(dirname "$0")
case "$*" in
  *' up '*)
    test ! -e "$0.broken" || { echo 'no space left' >&2; exit 1; }
    redis-server --port "$REDIS_PORT" --daemonize yes --dir "$folder" --pidfile "$folder/redis.pid" > /dev/null
    until redis-cli -p "$REDIS_PORT" ping > /dev/null 2>&1; do sleep 0.02; done ;;
  *' kill '* | *' down '*) test ! -e "$folder/redis.pid" || kill -9 "$(cat "$folder/redis.pid")" ;;
esac
`;

describe('servers from Docker Compose', () => {
  let folder: string;
  let docker: string;

  beforeEach(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'docker-')));
    docker = join(folder, 'docker');
    writeFileSync(docker, DOCKER);
    chmodSync(docker, 0o755);
    vi.stubEnv('PATH', `${folder}:${process.env['PATH']}`);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  const calls = () => readFileSync(`${docker}.calls`, 'utf8').trim().split('\n');
  /** RabbitMQ and PostgreSQL are those of these tests. */
  const start = () => {
    const env = { ...process.env, BUDGETBUDDY_REDIS_URL: undefined };
    return startServers({ env, sources: ['compose'], onProgress: () => {} });
  };

  it('are started, each run in a project of its own, and removed with their volumes', async () => {
    const servers = await start();
    const redis = new Redis(servers.redis.url);
    expect(await redis.ping()).toBe('PONG');
    redis.disconnect();
    const pid = Number(readFileSync(join(folder, 'redis.pid'), 'utf8'));

    await servers.stop();
    await waitFor(() => !isAlive(pid));
    const project = /--project-name (run-[a-z0-9]+|budget-buddy-servers-run-[a-z0-9]+) --file \S+docker-compose\.yml/;
    const [up, down] = calls().slice(-2);
    expect(up).toMatch(project);
    expect(up).toMatch(/ up --detach --wait --quiet-pull redis$/);
    expect(down).toMatch(/ down --volumes --remove-orphans --timeout 0$/);
    expect(project.exec(down ?? '')?.[1]).toBe(project.exec(up ?? '')?.[1]);
  });

  it('can be killed, started and frozen by a test', async () => {
    const servers = await start();
    await servers.redis.pause();
    await servers.redis.resume();
    await servers.redis.kill();
    await servers.stop();
    expect(calls().map((call) => call.split('docker-compose.yml ')[1])).toEqual(
      expect.arrayContaining(['pause redis', 'unpause redis', 'kill --signal SIGKILL redis']),
    );
  });

  it('are removed, too, when they do not start, and the reason is told', async () => {
    writeFileSync(`${docker}.broken`, '');
    await expect(start()).rejects.toThrow('no space left');
    expect(calls().at(-1)).toMatch(/ down --volumes/);
    expect(existsSync(join(folder, 'redis.pid'))).toBe(false);
  });

  it('are not tried when no engine answers', async () => {
    writeFileSync(docker, '#!/bin/sh\nexit 1\n');
    await expect(start()).rejects.toThrow(NoServersError);
  });
});
