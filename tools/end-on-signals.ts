/** Somebody pressed Ctrl-C, or asked this process to end. */
class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What shells expect of a process that Ctrl-C ended: 128 + the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/**
 * Runs `work` with a signal that is aborted by Ctrl-C, SIGTERM and SIGHUP, so that it can put away what it started. The
 * process then ends with the exit code that goes with what interrupted it.
 */
export async function endOnSignals<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  let exitCode: number | undefined;
  for (const [name, code] of Object.entries(EXIT_CODES)) {
    process.on(name, () => {
      exitCode ??= code;
      controller.abort(new Interrupted(`${name} received`));
    });
  }
  try {
    return await work(controller.signal);
  } finally {
    if (exitCode !== undefined) process.exit(exitCode);
  }
}
