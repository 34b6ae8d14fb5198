/** The servers a run needs. */
export const serverKinds = ['rabbitmq', 'postgres', 'redis'] as const;

export type ServerKind = (typeof serverKinds)[number];

/** How a kind of server is called in messages, and by which environment variable its URL is given. */
export const serverNames: Record<ServerKind, { title: string; variable: `BUDGETBUDDY_${string}` }> = {
  rabbitmq: { title: 'RabbitMQ', variable: 'BUDGETBUDDY_RABBITMQ_URL' },
  postgres: { title: 'PostgreSQL', variable: 'BUDGETBUDDY_POSTGRES_URL' },
  redis: { title: 'Redis', variable: 'BUDGETBUDDY_REDIS_URL' },
};

/**
 * One server, and the faults that a test can inject. Those of a server that somebody else runs (its URL was
 * configured) throw {@link NotOurServerError}.
 */
export interface Server {
  readonly kind: ServerKind;
  readonly url: string;
  /** Whether this run started it, and may break it. */
  readonly ours: boolean;
  /** The server's process; not known for containers and for servers of somebody else. */
  readonly pid?: number;
  /** Ends the server, by default with SIGKILL as a crash does, and resolves once it is gone. Its data stays. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again after {@link kill}, on the same port and with the same data, and resolves once it answers. */
  start(): Promise<void>;
  /** Ends the server in an orderly way and starts it again. */
  restart(): Promise<void>;
  /** Freezes the server: its connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** A fault was to be injected into a server that this run did not start. */
export class NotOurServerError extends Error {
  constructor(readonly kind: ServerKind) {
    const { title, variable } = serverNames[kind];
    super(`${title} was given by ${variable}, it is not ours to stop: unset the variable to get a private one`);
  }
}
