import type { Difference } from './difference';
import type { SupervisedApp } from './supervised-app';

/** More than this, in bytes, a scheduler or worker never needs, whatever happens around it. */
export const MOST_MEMORY = 400 * 1024 * 1024;

const ENDED = 'a process ended by itself';
const UNCAUGHT = 'an error that nobody caught is in a log';
const TOO_LARGE = 'a process used too much memory';

/** The kinds of difference that {@link checkProcesses} finds. */
export const processDifferences: readonly string[] = [ENDED, UNCAUGHT, TOO_LARGE];

/** What the apps' processes themselves tell of: exits nobody asked for, crashes in their logs, memory without bounds. */
export function checkProcesses(apps: readonly SupervisedApp[]): Difference[] {
  return apps.flatMap(({ name, unexpectedExits, log, peakMemory }) => [
    ...unexpectedExits.map((exit) => ({
      what: ENDED,
      about: name,
      expected: 'to run until it is told to end',
      found: exit.signal ?? `exit code ${exit.code}`,
      context: exit.lastWords,
    })),
    ...log.alarms.map((line) => ({
      what: UNCAUGHT,
      about: name,
      expected: 'log lines that are not fatal',
      found: line,
    })),
    ...(peakMemory > MOST_MEMORY
      ? [{ what: TOO_LARGE, about: name, expected: `at most ${MOST_MEMORY}`, found: peakMemory }]
      : []),
  ]);
}
