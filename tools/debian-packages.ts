import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Other installations on the machine are waited for this long. */
const LOCK_TIMEOUT_S = 300;

/** Packages could not be installed. The message says what a person can do instead. */
export class PackagesNotInstalledError extends Error {
  override readonly name = 'PackagesNotInstalledError';

  constructor(
    readonly packages: readonly string[],
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`could not install ${packages.join(' ')} (${reason}); try: apt-get install ${packages.join(' ')}`, options);
  }
}

/**
 * Installs Debian packages without asking, as root or through `sudo -n`.
 * @throws PackagesNotInstalledError when this is no Debian, nobody may install, or apt fails.
 */
export async function installDebianPackages(packages: readonly string[]): Promise<void> {
  const aptGet = [...(await asRoot(packages)), 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q'];
  const locked = ['-o', `DPkg::Lock::Timeout=${LOCK_TIMEOUT_S}`];
  for (const step of [['update'], ['install', '-y', '--no-install-recommends', ...packages]]) {
    const { code, output } = await run([...aptGet, ...locked, ...step]);
    if (code !== 0) throw new PackagesNotInstalledError(packages, `apt-get ${step[0]} failed`, { cause: output });
  }
}

async function asRoot(packages: readonly string[]): Promise<string[]> {
  if ((await run(['apt-get', '--version'])).code !== 0)
    throw new PackagesNotInstalledError(packages, 'no apt-get here');
  if (process.getuid?.() === 0) return [];
  if ((await run(['sudo', '-n', 'true'])).code === 0) return ['sudo', '-n'];
  throw new PackagesNotInstalledError(packages, 'neither root nor sudo without a password');
}

async function run([program = '', ...args]: readonly string[]): Promise<{ code: number; output: string }> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? 1, output };
  } catch (error) {
    return { code: 1, output: String(error) };
  }
}
