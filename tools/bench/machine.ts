import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';
import {
  loadConfiguration,
  openDatabase,
  PostgresConfiguration,
  RabbitConfiguration,
  RedisConfiguration,
} from '@budget-buddy/platform';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { sql } from 'kysely';
import { repositoryRoot } from '../repository-root';

/** On what, and of what, it was measured: names and values, for people. */
export type Description = readonly (readonly [name: string, value: string])[];

const LIBRARIES = ['bull', 'ioredis', '@golevelup/nestjs-rabbitmq', '@nestjs/core', 'pg', 'kysely'];

/** @param celery its version. */
export async function describeMachine(celery: string): Promise<Description> {
  return [
    ['date', new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC'],
    ['commit', commit()],
    ['processor', `${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores`],
    ['memory', `${(totalmem() / 1e9).toFixed(0)} GB`],
    ['system', `${distribution()}, Linux ${release()}`],
    ['load before', `${loadavg()[0]!.toFixed(2)} (the machine was ${loadavg()[0]! < 0.5 ? 'idle' : 'not idle'})`],
    ['Node', process.version],
    ['libraries', LIBRARIES.map((name) => `${name} ${versionOf(name)}`).join(', ')],
    ['RabbitMQ', await rabbit()],
    ['Redis', await redis()],
    ['PostgreSQL', await postgres()],
    ['Celery', celery],
  ];
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repositoryRoot(), encoding: 'utf8' }).trim();
  try {
    const dirty = git('status', '--porcelain', '--untracked-files=no') !== '';
    return `${git('rev-parse', '--short=12', 'HEAD')}${dirty ? ', with changes that are not committed' : ''}`;
  } catch {
    return 'not a git repository';
  }
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

function versionOf(library: string): string {
  const text = readFileSync(`${repositoryRoot()}/node_modules/${library}/package.json`, 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

async function rabbit(): Promise<string> {
  const [url] = loadConfiguration([RabbitConfiguration]).get(RabbitConfiguration).urls as [string];
  const connection = await connect(url);
  const { version } = connection.connection.serverProperties;
  await connection.close();
  return version;
}

async function redis(): Promise<string> {
  const client = new Redis(loadConfiguration([RedisConfiguration]).get(RedisConfiguration).url);
  try {
    const info = await client.info();
    const of = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? 'unknown';
    return `${of('redis_version')}, append-only file ${of('aof_enabled') === '1' ? 'on' : 'OFF'}`;
  } finally {
    client.disconnect();
  }
}

async function postgres(): Promise<string> {
  const db = openDatabase(loadConfiguration([PostgresConfiguration]).get(PostgresConfiguration));
  try {
    const show = async (name: string) =>
      (await sql<Record<string, string>>`show ${sql.id(name)}`.execute(db)).rows[0]![name]!;
    const settings = ['fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers'];
    const shown = await Promise.all(settings.map(async (name) => `${name} ${await show(name)}`));
    return `${await show('server_version')}, ${shown.join(', ')}`;
  } finally {
    await db.destroy();
  }
}
