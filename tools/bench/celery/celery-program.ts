import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { installOnDemand } from '../../on-demand-packages';
import { repositoryRoot } from '../../repository-root';
import { LineProcess } from '../line-process';

/** Debian's own Python, which its packages are for. */
const PYTHON = '/usr/bin/python3';
const PACKAGE = 'python3-celery';

/** Starts a Python program of this folder. */
export function startPython(args: readonly string[], env: Record<string, string>): LineProcess {
  return LineProcess.start({
    file: PYTHON,
    args,
    cwd: join(repositoryRoot(), 'tools', 'bench', 'celery'),
    env: { PYTHONDONTWRITEBYTECODE: '1', ...env },
  });
}

/** Debian's Celery, installed if need be. @returns its version. @throws PackagesNotInstalledError */
export async function findCelery(): Promise<string> {
  const installed = version();
  if (installed) return installed;
  await installOnDemand(PACKAGE);
  const found = version();
  if (found) return found;
  throw new Error(`${PACKAGE} is installed, but ${PYTHON} cannot import it`);
}

function version(): string | undefined {
  const program = 'import celery; print(celery.__version__)';
  try {
    return execFileSync(PYTHON, ['-c', program], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
