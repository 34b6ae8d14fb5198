import { maskCredentials } from '@budget-buddy/platform';

/** One server of each kind, spoken to in the clear. */
const SINGLE: Readonly<Record<string, RegExp>> = {
  BUDGETBUDDY_RABBITMQ_URL: /^amqp:\/\/[^,]*$/,
  BUDGETBUDDY_POSTGRES_URL: /^(?!.*[?&]sslmode=verify-full)/,
  BUDGETBUDDY_REDIS_URL: /^redis:\/\//,
};

/**
 * For tests and measurements, which place themselves between the servers and their clients, or speak to the servers by
 * connections of their own.
 * @throws Error that names all configured servers of another kind.
 */
export function requireSingleServers(env: NodeJS.ProcessEnv): void {
  const unfit = Object.entries(SINGLE).filter(([variable, fits]) => env[variable] && !fits.test(env[variable]));
  if (unfit.length === 0) return;
  const lines = unfit.map(([variable]) => `  ${variable}=${maskCredentials(env[variable]!)}`);
  throw new Error(
    'This needs single servers without TLS (redis://, amqp:// with one host, postgres:// without sslmode):\n' +
      `${lines.join('\n')}\nUnset the variables to get private servers.`,
  );
}
