import { describeError } from '@budget-buddy/platform';
import { unprivilegedAccount } from './account';
import { findInstaller, installPackages, packagesOf } from './debian-packages';
import { findCompose, startWithCompose } from './docker-compose';
import { PrivateServer } from './private-server';
import { findProgram } from './programs';
import { type Progress, stopwatch } from './progress';
import { Run } from './run';
import { findRunPlace, runPlaces } from './run-place';
import { type Server, type ServerKind, serverNames } from './server';
import type { ServerProgram } from './server-program';

/** Where private servers come from, in the order in which they are tried. */
export const sources = ['installed', 'packages', 'compose'] as const;

export type Source = (typeof sources)[number];

/** What every source works with. */
interface Provision {
  progress: Progress;
  signal: AbortSignal;
  /** Is given the run as soon as there is something to tidy up. */
  onRun: (run: Run) => void;
}

/** There is no way to get private servers on this machine. */
export class NoServersError extends Error {
  constructor(
    readonly missing: ServerKind[],
    readonly reasons: string[],
  ) {
    const variables = missing.map((kind) => serverNames[kind].variable).join(', ');
    super(
      `No ${titles(missing)} for this run.\n${reasons.map((reason) => `  ${reason}\n`).join('')}` +
        'Any one of these helps:\n' +
        `  - set ${variables} to servers that run (PostgreSQL: a role that may create databases)\n` +
        `  - install them: apt-get install ${packagesOf(missing).join(' ')} (or what your system calls them)\n` +
        '  - run this as root, or as a user who may sudo without a password, on Debian or Ubuntu\n' +
        '  - start a Docker engine, with Docker Compose',
    );
  }
}

/** Starts the servers from the first source that has all of them. */
export async function provideServers(
  kinds: ServerKind[],
  allowed: readonly Source[],
  provision: Provision,
): Promise<Server[]> {
  const reasons: string[] = [];
  for (const source of allowed) {
    const servers = await provide[source](kinds, provision, (reason) => reasons.push(reason));
    if (servers) return servers;
  }
  throw new NoServersError(
    kinds.filter((kind) => !findProgram[kind]()),
    reasons,
  );
}

type Provide = (kinds: ServerKind[], provision: Provision, because: Progress) => Promise<Server[] | undefined>;

const provide: Record<Source, Provide> = {
  async installed(kinds, provision, because) {
    const missing = kinds.filter((kind) => !findProgram[kind]());
    if (missing.length === 0) return startInstalled(kinds, provision);
    because(`not installed: ${titles(missing)}`);
    return undefined;
  },

  async packages(kinds, provision, because) {
    const names = packagesOf(kinds.filter((kind) => !findProgram[kind]()));
    const installer = findInstaller();
    if (!installer) {
      because('no packages can be installed: this takes apt-get, and root or sudo without a password');
      return undefined;
    }
    try {
      await install(installer, names, provision);
    } catch (error) {
      provision.signal.throwIfAborted();
      because(`installing ${names.join(', ')}: ${describeError(error)}`);
      return undefined;
    }
    return provide.installed(kinds, provision, because);
  },

  async compose(kinds, { progress, signal, onRun }, because) {
    const command = findCompose();
    if (!command) {
      because('no Docker engine answers, or Docker Compose is not installed');
      return undefined;
    }
    const took = stopwatch();
    progress(`starting ${titles(kinds)} with ${command.join(' ')}`);
    const run = Run.create(findRunPlace(undefined));
    onRun(run);
    const servers = await startWithCompose(command, kinds, run, signal);
    progress(`containers ready after ${took()}`);
    return servers;
  },
};

async function install(installer: string[], names: string[], { progress, signal }: Provision): Promise<void> {
  const took = stopwatch();
  progress(`installing ${names.join(', ')} with apt-get, without starting services (a minute or two)`);
  await installPackages(installer, names, signal);
  progress(`installed after ${took()}`);
}

/** Starts all side by side. When one fails the others are given up, too. */
async function startInstalled(kinds: ServerKind[], { progress, signal, onRun }: Provision): Promise<Server[]> {
  const account = unprivilegedAccount();
  const place = findRunPlace(account);
  const run = Run.create(place);
  onRun(run);
  const programs = kinds.map((kind) => findProgram[kind]()).filter((program) => program !== undefined);
  progress(`starting ${programs.map(({ path }) => path).join(', ')} with their data in ${run.folder}`);
  if (place !== runPlaces[0]) progress(`(not in ${runPlaces[0]?.folder}: PostgreSQL cannot get there)`);

  const failure = new AbortController();
  const either = AbortSignal.any([signal, failure.signal]);
  const start = async (program: ServerProgram) => {
    const took = stopwatch();
    const server = await PrivateServer.start(program, { run, account, signal: either });
    progress(`${serverNames[program.kind].title} answers on ${new URL(server.url).host} after ${took()}`);
    return server;
  };
  const starts = programs.map((program) => start(program));
  for (const each of starts) each.catch((error: unknown) => failure.abort(error));
  await Promise.allSettled(starts);
  either.throwIfAborted();
  return Promise.all(starts);
}

function titles(kinds: readonly ServerKind[]): string {
  return kinds.map((kind) => serverNames[kind].title).join(', ');
}
