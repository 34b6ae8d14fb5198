import { type INestApplication, Logger } from '@nestjs/common';
import { Shutdown } from './shutdown';
import { ShutdownConfiguration } from './shutdown-configuration';

/** npm and a terminal both pass Ctrl-C on, so that one key press may arrive twice. */
const ONE_KEY_PRESS_MS = 1_000;
const EXIT_INTERRUPTED = 130;

/**
 * Has SIGTERM and SIGINT close the app: exit code 0 once everything is done, 1 when it failed or the deadline
 * passed. A further SIGTERM changes nothing, for the deadline stands; a further Ctrl-C ends the process at once.
 * Nest's own shutdown hooks are not used, because they know no deadline and cannot be told from a hang.
 */
export function endOnSignals(app: INestApplication): void {
  const logger = new Logger(Shutdown.name);
  const shutdown = app.get(Shutdown);
  let signalledMs: number | undefined;

  const onSignal = (signal: NodeJS.Signals): void => {
    if (signalledMs === undefined) {
      signalledMs = performance.now();
      void close(app, shutdown, signal, logger);
    } else if (signal === 'SIGINT' && performance.now() - signalledMs > ONE_KEY_PRESS_MS) {
      logger.warn(`Interrupted again, ending at once. Still running: ${describe(shutdown)}`);
      process.exit(EXIT_INTERRUPTED);
    }
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
}

async function close(app: INestApplication, shutdown: Shutdown, signal: string, logger: Logger): Promise<void> {
  const { timeout } = app.get(ShutdownConfiguration);
  logger.log(`${signal} received, shutting down within ${timeout.toString()}`);
  shutdown.begin();
  setTimeout(() => {
    logger.fatal(
      `Shutting down took longer than ${timeout.toString()}, giving up. Still running: ${describe(shutdown)}`,
    );
    process.exit(1);
  }, timeout.total('milliseconds'));
  try {
    await app.close();
    logger.log('Shut down, everything is done');
    process.exit(0);
  } catch (error) {
    logger.fatal({ err: error }, 'Shutting down failed');
    process.exit(1);
  }
}

function describe(shutdown: Shutdown): string {
  return shutdown.stillRunning.join('; ') || 'no registered action (starting up, or closing connections)';
}
