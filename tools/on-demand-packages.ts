import { findInstaller, installPackages } from './servers/debian-packages';

/** Debian packages could not be installed. The message says what a person can do instead. */
export class PackagesNotInstalledError extends Error {
  override readonly name = 'PackagesNotInstalledError';

  constructor(
    readonly packages: readonly string[],
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`could not install ${packages.join(' ')}: ${reason}. Try: apt-get install ${packages.join(' ')}`, options);
  }
}

/**
 * Installs what a test needs beside the servers, without asking, as root or through `sudo -n`.
 * @throws PackagesNotInstalledError when this is no Debian, nobody may install, or apt-get fails.
 */
export async function installOnDemand(...packages: string[]): Promise<void> {
  const installer = findInstaller();
  if (!installer)
    throw new PackagesNotInstalledError(packages, 'no Debian, or neither root nor sudo without a password');
  try {
    await installPackages(installer, packages, new AbortController().signal);
  } catch (error) {
    throw new PackagesNotInstalledError(packages, error instanceof Error ? error.message : String(error), {
      cause: error,
    });
  }
}
