import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installOnDemand } from './on-demand-packages';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What a browser in a test is started with: no window, no sandbox (it runs as root in CI), no calls to its maker. */
export const CHROMIUM_ARGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A real Chromium could be neither found nor installed. */
export class NoChromiumError extends Error {
  override readonly name = 'NoChromiumError';
}

/**
 * The path of a real Chromium: that of BUDGETBUDDY_CHROMIUM, an installed one, or Debian's, which is then installed.
 * @throws NoChromiumError that says what to do.
 */
export async function chromium(): Promise<string> {
  const configured = process.env['BUDGETBUDDY_CHROMIUM'];
  if (configured) return checked(configured);
  return installed() ?? (await install());
}

function checked(path: string): string {
  if (isExecutable(path)) return path;
  throw new NoChromiumError(`BUDGETBUDDY_CHROMIUM is ${JSON.stringify(path)}, which is no program that can be run`);
}

function installed(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

async function install(): Promise<string> {
  const advice = 'install Chromium, or name one in BUDGETBUDDY_CHROMIUM';
  try {
    await installOnDemand('chromium');
  } catch (error) {
    throw new NoChromiumError(`no Chromium: ${error instanceof Error ? error.message : String(error)}; ${advice}`, {
      cause: error,
    });
  }
  const path = installed();
  if (path) return path;
  throw new NoChromiumError(`no Chromium, not even after its Debian package was installed; ${advice}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
