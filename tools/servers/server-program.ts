import type { Account } from './account';
import type { Command } from './owned-process';
import type { ServerKind } from './server';

/** What a program is started with. */
export interface ProgramContext {
  /** The folder of this server, its data and its log. */
  folder: string;
  /** Loopback ports, as many as {@link ServerProgram.portCount} says. */
  ports: number[];
  /** Whom to run as when the program refuses to run as root. */
  account?: Account;
}

/** A command, and how to see that those who need it may go on. */
export interface Step {
  command: Command;
  /** Rejects until it is ready; called again and again. */
  check: () => Promise<void>;
}

/** How to run one kind of server from installed binaries. */
export interface ServerProgram {
  readonly kind: ServerKind;
  /** Where the binary is, for people. */
  readonly path: string;
  readonly portCount: number;
  /** What must have ended well before the first start, and once only. */
  setUp(context: ProgramContext): Promise<Command | undefined>;
  /** What must run, each before the next; the last one is the server. `pidOf` tells the pid of that one. */
  steps(context: ProgramContext, pidOf: () => number | undefined): Promise<Step[]>;
  url(ports: number[]): string;
  /** The signal for an orderly end that keeps all data. */
  readonly stopSignal: NodeJS.Signals;
}
