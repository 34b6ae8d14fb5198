import { randomBytes } from 'node:crypto';
import type { NamedMigration } from '@budget-buddy/platform';
import { removeKeys } from './remove-keys';
import { testDatabase, type TestDatabase } from './test-database';

/**
 * Gives this process names of its own on the configured servers: a database, a prefix in Redis, an exchange and a
 * queue; the prefix begins with the configured one. To be called before the app under test is made. The returned environment is for child processes.
 */
export async function isolate(
  migrations: readonly NamedMigration[],
): Promise<TestDatabase & { readonly env: Record<string, string> }> {
  const own = `test-${randomBytes(6).toString('hex')}`;
  const configured = process.env['BUDGETBUDDY_REDIS_PREFIX'];
  const prefix = configured ? `${configured}-${own}` : own;
  const database = await testDatabase(migrations);
  const env = {
    BUDGETBUDDY_POSTGRES_URL: database.url,
    BUDGETBUDDY_REDIS_PREFIX: prefix,
    BUDGETBUDDY_RABBITMQ_EXCHANGE: `${own}.domain_events`,
    BUDGETBUDDY_RABBITMQ_QUEUE: `${own}.scheduler`,
  };
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  Object.assign(process.env, env);
  const drop = async () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await removeKeys(prefix);
    await database.drop();
  };
  return { ...database, env, drop };
}
