import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from '../repository-root';
import { freePort } from './free-port';
import type { Run } from './run';
import type { Server, ServerKind } from './server';

const run = promisify(execFile);

/** The file that also runs the whole system: the same servers in the same versions. */
const FILE = join(repositoryRoot(), 'docker-compose.yml');
/** Docker's plugin, and the program of its own that some systems have instead. */
const COMMANDS = [['docker', 'compose'], ['docker-compose']] as const;
/** How long an engine may take to answer, in ms. */
const ENGINE_TIMEOUT_MS = 10_000;

type ComposeCommand = (typeof COMMANDS)[number];

const urls: Record<ServerKind, (port: number) => string> = {
  rabbitmq: (port) => `amqp://guest:guest@127.0.0.1:${port}//`,
  postgres: (port) => `postgres://budgetbuddy:budgetbuddy@127.0.0.1:${port}/budgetbuddy`,
  redis: (port) => `redis://127.0.0.1:${port}`,
};

/** Docker Compose, when it is installed and an engine answers. */
export function findCompose(): ComposeCommand | undefined {
  if (!existsSync(FILE)) return undefined;
  if (!succeeds('docker', ['version', '--format', '{{.Server.Version}}'])) return undefined;
  return COMMANDS.find(([file, ...args]) => succeeds(file, [...args, 'version']));
}

/** Starts the servers as containers, with ports and volumes that no other run shares. */
export async function startWithCompose(
  command: ComposeCommand,
  kinds: readonly ServerKind[],
  owner: Run,
  signal: AbortSignal,
): Promise<Server[]> {
  const project = basename(owner.folder).toLowerCase();
  const ports = { rabbitmq: await freePort(), postgres: await freePort(), redis: await freePort() };
  const [file, ...args] = [...composeArguments(command, project)];
  const compose = async (...more: string[]) => {
    await run(file, [...args, ...more], { env: environment(ports), signal });
  };
  const down = downArguments(command, project);
  owner.addComposeProject(project, {
    end: async () => void (await run(down[0], down.slice(1)).catch(() => {})),
    endNow: () => void spawnSync(down[0], down.slice(1), { stdio: 'ignore' }),
  });
  await compose('up', '--detach', '--wait', '--quiet-pull', ...kinds);
  return kinds.map((kind) => containerServer(kind, urls[kind](ports[kind]), compose));
}

/** Removes the containers and volumes of a project that an earlier run left. */
export async function endComposeProject(project: string): Promise<void> {
  const command = findCompose();
  if (!command || !/^[a-z0-9-]+$/.test(project)) return;
  const [file, ...args] = downArguments(command, project);
  await run(file, args).catch(() => {});
}

function containerServer(kind: ServerKind, url: string, compose: (...args: string[]) => Promise<void>): Server {
  return {
    kind,
    url,
    ours: true,
    kill: (signal = 'SIGKILL') => compose('kill', '--signal', signal, kind),
    start: () => compose('up', '--detach', '--wait', kind),
    restart: () => compose('restart', kind).then(() => compose('up', '--detach', '--wait', kind)),
    pause: () => compose('pause', kind),
    resume: () => compose('unpause', kind),
  };
}

function composeArguments(command: ComposeCommand, project: string): [string, ...string[]] {
  const [file, ...args] = command;
  return [file, ...args, '--project-name', project, '--file', FILE];
}

function downArguments(command: ComposeCommand, project: string): [string, ...string[]] {
  return [...composeArguments(command, project), 'down', '--volumes', '--remove-orphans', '--timeout', '0'];
}

/** Everything that the file leaves to its environment: what the developer has set there is for another purpose. */
function environment(ports: Record<ServerKind, number>): NodeJS.ProcessEnv {
  return {
    ...process.env,
    RABBITMQ_USER: 'guest',
    RABBITMQ_PASSWORD: 'guest',
    POSTGRES_PASSWORD: 'budgetbuddy',
    RABBITMQ_PORT: String(ports.rabbitmq),
    RABBITMQ_MANAGEMENT_PORT: '',
    POSTGRES_PORT: String(ports.postgres),
    REDIS_PORT: String(ports.redis),
  };
}

function succeeds(file: string, args: string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore', timeout: ENGINE_TIMEOUT_MS }).status === 0;
}
