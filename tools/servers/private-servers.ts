import { unprivilegedAccount } from './account';
import { PrivateServer } from './private-server';
import { type Progress, stopwatch } from './progress';
import { Run } from './run';
import { findRunPlace, runPlaces } from './run-place';
import { type Server, serverNames } from './server';
import type { ServerProgram } from './server-program';

/** What starts of servers work with. */
export interface Provision {
  progress: Progress;
  signal: AbortSignal;
  /** Is given the run as soon as there is something to tidy up. */
  onRun: (run: Run) => void;
}

/**
 * Starts servers side by side from their binaries. When one fails the others are given up; what was started is for
 * the caller to end, with the run.
 */
export async function startPrivately(programs: ServerProgram[], provision: Provision): Promise<Server[]> {
  const { progress, signal, onRun } = provision;
  const account = unprivilegedAccount();
  const place = findRunPlace(account);
  const run = Run.create(place);
  onRun(run);
  progress(`starting ${programs.map(({ path }) => path).join(', ')} with their data in ${run.folder}`);
  if (place !== runPlaces[0]) progress(`(not in ${runPlaces[0]?.folder}: the user ${account?.name} cannot get there)`);

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
