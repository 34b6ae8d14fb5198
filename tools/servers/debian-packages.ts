import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerKind } from './server';

const packages: Record<ServerKind, string> = {
  rabbitmq: 'rabbitmq-server',
  postgres: 'postgresql',
  redis: 'redis-server',
};

/**
 * Installs the packages given as arguments. Runs as root.
 * - Two runs at once take turns, by a lock that ends with the process and is no file of its own.
 * - It gives up when its input ends, which also happens when its parent is killed; but never while packages are set
 *   up, for that would leave a system half installed. Where somebody else left one it is mended first.
 * - Debian asks `policy-rc.d` whether a package may start its service. Ours says no to all of them; one that is
 *   there already is put back, also when an earlier run was killed before it could.
 */
const SCRIPT = `
set -eu
export DEBIAN_FRONTEND=noninteractive
child=
policy=/usr/sbin/policy-rc.d
mark='# budget-buddy-tasks: no service may start'
options='-q -y -o DPkg::Lock::Timeout=600 --no-install-recommends'

allow_services() {
  if grep -qsF "$mark" "$policy"; then rm "$policy"; fi
  if test -e "$policy.kept"; then mv "$policy.kept" "$policy"; fi
}
forbid_services() {
  allow_services
  if test -e "$policy"; then mv "$policy" "$policy.kept"; fi
  printf '#!/bin/sh\\n%s\\nexit 101\\n' "$mark" > "$policy"
  chmod 755 "$policy"
}
give_up() {
  test -z "$child" || { kill "$child"; wait "$child"; } 2> /dev/null || true
  exit 143
}
interruptible() { "$@" & child=$!; wait "$child"; child=; }
uninterrupted() {
  trap '' TERM
  forbid_services
  "$@"
  allow_services
  trap give_up TERM
  kill -0 "$parent_watch" 2> /dev/null || give_up
}

trap give_up TERM
exec 3<&0
(cat <&3; kill $$) > /dev/null 2>&1 &
parent_watch=$!
trap 'kill "$parent_watch" 2> /dev/null || true; allow_services' EXIT
exec 9< /var/lib/dpkg
interruptible flock 9
uninterrupted dpkg --configure -a
interruptible apt-get -q update || echo 'going on with the lists there are'
interruptible apt-get $options install --download-only "$@"
uninterrupted apt-get $options install "$@"
`;

/** How to become root without asking anybody; undefined when that is not possible or this is no Debian. */
export function findInstaller(): string[] | undefined {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/var/lib/dpkg')) return undefined;
  if (process.getuid?.() === 0) return [];
  const asks = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0;
  return asks ? undefined : ['sudo', '-n'];
}

/** The Debian packages that the servers come in. */
export function packagesOf(kinds: readonly ServerKind[]): string[] {
  return kinds.map((kind) => packages[kind]);
}

/**
 * Installs the packages without starting their services.
 * @throws Error with what apt-get said; the signal's reason once it can be interrupted.
 */
export async function installPackages(installer: string[], names: string[], signal: AbortSignal): Promise<void> {
  const [file, ...args] = [...installer, 'sh', '-c', SCRIPT, 'install', ...names] as [string, ...string[]];
  const output = openUnnamedFile();
  // A group of its own: Ctrl-C must not reach a package that is being set up. Its output is no pipe, for the end of
  // this process must not reach it either.
  const child = spawn(file, args, { cwd: '/', detached: true, stdio: ['pipe', output, output] });
  const giveUp = () => child.stdin?.end();
  signal.addEventListener('abort', giveUp);
  try {
    const code = await new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
    signal.throwIfAborted();
    if (code !== 0) throw new Error(whatAptSaid(readFileSync(`/proc/self/fd/${output}`, 'utf8')));
  } finally {
    signal.removeEventListener('abort', giveUp);
    giveUp();
    closeSync(output);
  }
}

function openUnnamedFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'apt-get-'));
  const file = openSync(join(folder, 'output'), 'w+');
  rmSync(folder, { recursive: true });
  return file;
}

function whatAptSaid(output: string): string {
  const errors = output.match(/^(E|dpkg): .*$/gm);
  return errors ? [...new Set(errors)].join('\n  ') : output.slice(-1_000).trim();
}
