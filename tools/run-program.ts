import { describeError } from '@budget-buddy/platform';
import { endOnSignals } from './end-on-signals';

/** What `npm run …` calls. */
interface Program<Options> {
  /** How to call it; printed for `--help`, and with what is wrong with a call. */
  readonly usage: string;
  /** Reads the words of the call. @throws Error that names the value and what was expected. */
  readonly read: (words: readonly string[]) => Options;
  /** @param signal aborted when the program is to end. @returns whether all was as it should be. */
  readonly run: (options: Options, signal: AbortSignal) => Promise<boolean>;
}

/** Runs the program, and ends the process: 0, all was as it should be; 1, it was not, or could not be told; 2, the call is off. */
export function runProgram<Options>({ usage, read, run }: Program<Options>): void {
  const words = process.argv.slice(2);
  if (words.some((word) => word === '--help' || word === '-h')) return say(usage);
  const options = readCall(words, { usage, read });
  endOnSignals((signal) => run(options, signal)).then(
    (good) => process.exit(good ? 0 : 1),
    (error: unknown) => {
      process.stderr.write(`${describeError(error)}\n`);
      process.exit(1);
    },
  );
}

/** A line for whoever called. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function readCall<Options>(
  words: readonly string[],
  { usage, read }: Pick<Program<Options>, 'usage' | 'read'>,
): Options {
  try {
    return read(words);
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n\n${usage}\n`);
    process.exit(2);
  }
}
