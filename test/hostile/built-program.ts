import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../../tools/repository-root';

const UP = /its health on (http:\/\/\S+)\/health\/ready/;
/** Everything that tells of the state of an app. */
const PAGES = ['/health/live', '/health/ready', '/healthcheck', '/', '/%zz?token=x'];
/** As long as an app may take to become ready: what hangs is ended. */
const PATIENCE_MS = 60_000;

export interface Ending {
  readonly code: number | null;
  /** All it wrote, stdout and stderr, and all it answered by HTTP. */
  readonly said: string;
}

/**
 * Runs a built program to its end. An app that comes up is asked for its pages until it says what is wanted, and is ended
 * then.
 * @param program its path in `dist`, without `.js`.
 */
export async function runBuilt(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  wanted: readonly RegExp[],
): Promise<Ending> {
  const root = repositoryRoot();
  const child = spawn(process.execPath, ['--enable-source-maps', join(root, 'dist', `${program}.js`), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
  const deadline = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  const look = setInterval(() => {
    const url = UP.exec(said)?.[1];
    if (url === undefined) return;
    clearInterval(look);
    void askUntil(
      url,
      () => wanted.every((each) => each.test(said)) || child.killed,
      (answer) => (said += answer),
    ).then(() => child.kill('SIGTERM'));
  }, 50);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(deadline);
  clearInterval(look);
  return { code, said };
}

async function askUntil(url: string, isEnough: () => boolean, tell: (answer: string) => void): Promise<void> {
  do {
    for (const page of PAGES) tell(await answerOf(url + page));
    await new Promise((resolve) => setTimeout(resolve, 200));
  } while (!isEnough());
}

async function answerOf(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    return `\n${url}: ${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}\n`;
  } catch (error) {
    return `\n${url}: ${String(error)}\n`;
  }
}
