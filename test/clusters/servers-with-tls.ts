import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { identify } from '../../tools/servers/connections';
import type { PrivateServer } from '../../tools/servers/private-server';
import { findProgram } from '../../tools/servers/programs';
import type { ProgramContext, ServerProgram } from '../../tools/servers/server-program';
import type { CertificateAuthority, KeyPair } from './certificates';
import { type ExtraServers, withArguments } from './extra-servers';

/** PostgreSQL, Redis and RabbitMQ that speak nothing but TLS. Redis lets nobody in who shows no certificate. */
export class ServersWithTls {
  private constructor(
    private readonly authority: CertificateAuthority,
    private readonly client: KeyPair,
    private readonly postgres: PrivateServer,
    private readonly redis: PrivateServer,
    private readonly rabbitmq: PrivateServer,
  ) {}

  static async start(servers: ExtraServers, authority: CertificateAuthority): Promise<ServersWithTls> {
    const own = authority.issue('server');
    const started = await Promise.all([
      servers.start(postgres(own), 'postgres-tls'),
      servers.start(redis(own, authority.file), 'redis-tls'),
      servers.start(rabbitmq(own, authority.file), 'rabbitmq-tls'),
    ]);
    return new ServersWithTls(authority, authority.issue('client'), ...started);
  }

  /** What has an app use them, and them alone. */
  get environment(): Record<string, string> {
    return {
      BUDGETBUDDY_POSTGRES_URL: this.postgres.url,
      BUDGETBUDDY_POSTGRES_TLS_CA: this.authority.file,
      BUDGETBUDDY_REDIS_URL: this.redis.url,
      BUDGETBUDDY_REDIS_TLS_CA: this.authority.file,
      BUDGETBUDDY_REDIS_TLS_CERT: this.client.cert,
      BUDGETBUDDY_REDIS_TLS_KEY: this.client.key,
      BUDGETBUDDY_RABBITMQ_URL: this.rabbitmq.url,
      BUDGETBUDDY_RABBITMQ_TLS_CA: this.authority.file,
    };
  }
}

function postgres({ cert, key }: KeyPair): ServerProgram | undefined {
  const hba = (folder: string) => join(folder, 'pg_hba.conf');
  const files = (folder: string) => [
    'ssl=on',
    `ssl_cert_file=${cert}`,
    `ssl_key_file=${key}`,
    `hba_file=${hba(folder)}`,
  ];
  const program = withArguments(findProgram.postgres(), (_, folder) => files(folder).flatMap((each) => ['-c', each]));
  if (!program) return undefined;
  const url = ([port]: number[]) => `postgres://postgres@localhost:${port}/postgres`;
  return {
    ...program,
    url: (ports) => `${url(ports)}?sslmode=verify-full`,
    async steps(context, pidOf) {
      await writeFile(hba(context.folder), 'hostssl all all 127.0.0.1/32 trust\n');
      const [step] = await program.steps(context, pidOf);
      // Whose certificate it shows is for the apps to judge.
      const check = async () => void (await identify.postgres(`${url(context.ports)}?sslmode=no-verify`));
      return [{ command: step!.command, check }];
    },
  };
}

function redis({ cert, key }: KeyPair, ca: string): ServerProgram | undefined {
  const program = withArguments(findProgram.redis(), ([port]) => [
    ...['--port', '0', '--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key],
    ...['--tls-ca-cert-file', ca],
  ]);
  return program && speaksTls(program, ([port]) => `rediss://localhost:${port}`);
}

function rabbitmq({ cert, key }: KeyPair, ca: string): ServerProgram | undefined {
  const program = findProgram.rabbitmq();
  if (!program) return undefined;
  const withTls: ServerProgram = {
    ...program,
    async steps(context, pidOf) {
      const steps = await program.steps(context, pidOf);
      await writeFile(
        join(context.folder, 'rabbitmq.config'),
        `[{rabbit, [
  {tcp_listeners, []},
  {ssl_listeners, [{"127.0.0.1", ${context.ports[0]}}]},
  {ssl_options, [{cacertfile, "${ca}"}, {certfile, "${cert}"}, {keyfile, "${key}"}, {verify, verify_none}]},
  {loopback_users, [<<"guest">>]},
  {disk_free_limit, 50000000}
]}].
`,
      );
      return steps;
    },
  };
  return speaksTls(withTls, ([port]) => `amqps://guest:guest@localhost:${port}//`);
}

/** Its last process is ready when it takes up TLS. */
function speaksTls(program: ServerProgram, url: (ports: number[]) => string): ServerProgram {
  return {
    ...program,
    url,
    async steps(context, pidOf) {
      const steps = await program.steps(context, pidOf);
      const { command } = steps.pop()!;
      return [...steps, { command, check: () => shakesHands(context) }];
    },
  };
}

async function shakesHands({ ports: [port] }: ProgramContext): Promise<void> {
  const socket = connect({ port: port!, host: '127.0.0.1', rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
  } finally {
    socket.destroy();
  }
}
