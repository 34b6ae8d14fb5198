import { describeError } from '@budget-buddy/platform';
import { findInstaller, installPackages, packagesOf } from './debian-packages';
import { findCompose, startWithCompose } from './docker-compose';
import { type Provision, startPrivately } from './private-servers';
import { findProgram } from './programs';
import { type Progress, stopwatch } from './progress';
import { Run } from './run';
import { findRunPlace } from './run-place';
import { type Server, type ServerKind, serverNames } from './server';

/** Where private servers come from, in the order in which they are tried. */
export const sources = ['installed', 'packages', 'compose'] as const;

export type Source = (typeof sources)[number];

/** There is no way to get private servers on this machine. */
export class NoServersError extends Error {
  constructor(
    readonly kinds: ServerKind[],
    readonly reasons: string[],
  ) {
    const variables = kinds.map((kind) => serverNames[kind].variable).join(', ');
    super(
      `No ${titles(kinds)} for this run.\n${reasons.map((reason) => `  ${reason}\n`).join('')}` +
        'Any one of these helps:\n' +
        `  - set ${variables} to servers that run (PostgreSQL: a role that may create databases)\n` +
        `  - install them: apt-get install ${packagesOf(kinds).join(' ')} (or what your system calls them)\n` +
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
  throw new NoServersError(kinds, reasons);
}

type Provide = (kinds: ServerKind[], provision: Provision, because: Progress) => Promise<Server[] | undefined>;

const provide: Record<Source, Provide> = {
  async installed(kinds, provision, because) {
    const programs = kinds.map((kind) => findProgram[kind]()).filter((program) => program !== undefined);
    if (programs.length === kinds.length) return startPrivately(programs, provision);
    const missing = kinds.filter((kind) => !programs.some((program) => program.kind === kind));
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

function titles(kinds: readonly ServerKind[]): string {
  return kinds.map((kind) => serverNames[kind].title).join(', ');
}
