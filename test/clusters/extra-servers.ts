import { unprivilegedAccount } from '../../tools/servers/account';
import { endWithProcess } from '../../tools/servers/end-with-process';
import { PrivateServer } from '../../tools/servers/private-server';
import { Run } from '../../tools/servers/run';
import { findRunPlace } from '../../tools/servers/run-place';
import type { ServerProgram } from '../../tools/servers/server-program';

/** Private servers beside those that all tests share: the nodes of clusters, and servers with TLS. */
export class ExtraServers {
  private readonly account = unprivilegedAccount();
  private readonly run = Run.create(findRunPlace(this.account));
  private readonly release = endWithProcess({ stop: () => this.end(), stopNow: () => this.run.endNow() }, false);

  /** Where they keep their data, each in a folder of its name. All accounts may pass through it. */
  get folder(): string {
    return this.run.folder;
  }

  /** @param program from `findProgram`, which finds none where the server is not installed. */
  start(program: ServerProgram | undefined, name: string): Promise<PrivateServer> {
    if (!program) throw new Error(`${name}: its program is not installed on this machine`);
    const signal = new AbortController().signal;
    return PrivateServer.start(program, { run: this.run, account: this.account, signal }, name);
  }

  async end(): Promise<void> {
    await this.run.end();
    this.release();
  }
}

/** A program whose last process, the server, gets further arguments. They win over those it has. */
export function withArguments(
  program: ServerProgram | undefined,
  args: (ports: number[], folder: string) => readonly string[],
): ServerProgram | undefined {
  return (
    program && {
      ...program,
      async steps(context, pidOf) {
        const steps = await program.steps(context, pidOf);
        steps.at(-1)!.command.args.push(...args(context.ports, context.folder));
        return steps;
      },
    }
  );
}

/** The port that a private server listens on. */
export function portOf({ url }: PrivateServer): number {
  return Number(new URL(url).port);
}
