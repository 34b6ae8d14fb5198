import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { ServerKind } from './server';

const packages: Record<ServerKind, string> = {
  rabbitmq: 'rabbitmq-server',
  postgres: 'postgresql',
  redis: 'redis-server',
};

/**
 * Installs the packages given as arguments. Runs as root.
 * - Two runs at once take turns, by a lock that ends with the process and is no file of its own.
 * - It gives up when its input ends, which also happens when its parent is killed; but not while packages are set up,
 *   for that would leave a system half installed.
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
interruptible() { "$@" & child=$!; wait "$child"; child=; }

trap 'test -z "$child" || kill "$child"; exit 143' TERM
exec 3<&0
(cat <&3; kill $$) > /dev/null 2>&1 &
exec 9< /var/lib/dpkg
interruptible flock 9
interruptible apt-get -q update || echo 'apt-get update failed, going on with the lists there are'
interruptible apt-get $options install --download-only "$@"

trap '' TERM
trap allow_services EXIT
forbid_services
apt-get $options install "$@"
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
 * @throws Error with the end of what apt-get said; the signal's reason once it can be interrupted.
 */
export async function installPackages(installer: string[], names: string[], signal: AbortSignal): Promise<void> {
  const [file, ...args] = [...installer, 'sh', '-c', SCRIPT, 'install', ...names] as [string, ...string[]];
  // A group of its own: Ctrl-C must not reach a package that is being set up.
  const child = spawn(file, args, { cwd: '/', detached: true });
  const giveUp = () => child.stdin.end();
  signal.addEventListener('abort', giveUp);
  child.once('exit', giveUp);
  const output = collect(child);
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  signal.removeEventListener('abort', giveUp);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`apt-get failed (exit code ${String(code)}):\n${output.join('').slice(-2_000)}`);
}

function collect(child: ChildProcess): string[] {
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => void chunks.push(chunk));
  }
  return chunks;
}
