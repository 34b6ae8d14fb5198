import type { RedisClient } from '@budget-buddy/platform';
import { argumentsForMany, resultsOfMany, type Script, type ScriptArguments, scriptForMany } from './script-for-many';

/** Of Bull's scripts, those that it calls for each job. */
const FOR_EACH_JOB = new Set(['addJob', 'moveToFinished']);
/** Redis does nothing else meanwhile. */
const MOST_CALLS = 50;

interface Call {
  readonly args: ScriptArguments;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

type Command = (args: ScriptArguments) => Promise<unknown>;
type Commands = Record<string, Command>;

/**
 * Has the calls that Bull makes of one script in one turn of the event loop go to Redis as one: most of what a call
 * costs, here and there, is the call. Bull's scripts do what they do by themselves, and each call has its own outcome.
 */
export function callTogether(client: RedisClient): void {
  const define = client.defineCommand.bind(client);
  client.defineCommand = (name, definition) => {
    define(name, definition);
    if (!FOR_EACH_JOB.has(name)) return;
    const { lua, numberOfKeys = 0 } = definition;
    define(`${name}ForMany`, { lua: scriptForMany({ lua, numberOfKeys }) });
    const commands = client as unknown as Commands;
    const alone = commands[name]!;
    const calls = new CallsTogether(commands, name, { lua, numberOfKeys });
    // ioredis hands it to its transactions, too, in which a call has its place.
    commands[name] = function (this: unknown, args) {
      return this === client ? calls.call(args) : alone.call(this, args);
    };
  };
}

class CallsTogether {
  private readonly one: Command;
  /** By the first key: what has none in common may be on another server. */
  private readonly waiting = new Map<unknown, Call[]>();

  constructor(
    private readonly client: Commands,
    private readonly name: string,
    private readonly script: Script,
  ) {
    this.one = client[name]!.bind(client);
  }

  call(args: ScriptArguments): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // After all that has been set off by now.
      if (this.waiting.size === 0) process.nextTick(() => this.send());
      const calls = this.waiting.get(args[0]);
      if (calls) calls.push({ args, resolve, reject });
      else this.waiting.set(args[0], [{ args, resolve, reject }]);
    });
  }

  private send(): void {
    const queues = [...this.waiting.values()];
    this.waiting.clear();
    for (const calls of queues) while (calls.length > 0) this.sendSome(calls.splice(0, MOST_CALLS));
  }

  private sendSome(calls: readonly Call[]): void {
    const [first] = calls as readonly [Call];
    if (calls.length === 1) this.one(first.args).then(first.resolve, first.reject);
    else void this.sendMany(calls);
  }

  private async sendMany(calls: readonly Call[]): Promise<void> {
    try {
      const args = argumentsForMany(
        calls.map((call) => call.args),
        this.script.numberOfKeys,
      );
      const results = resultsOfMany(await this.client[`${this.name}ForMany`]!(args));
      for (const [index, { resolve, reject }] of calls.entries()) {
        const result = results[index];
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }
}
