import { Command } from 'ioredis';
import type { RedisClient } from './open-redis';

/**
 * Sends a command of many arguments, which ioredis lets go of once it has the answer. It assigns a new closure to each
 * command, and what that leads to stays until the whole heap is collected (as told in `postgres/connection-pool.ts`).
 * @returns what Redis answered, strings as UTF-8. @throws what ioredis does.
 */
export async function bulkCommand(client: RedisClient, name: string, args: readonly string[]): Promise<unknown> {
  const command = new Command(name, [...args], { replyEncoding: 'utf8' });
  try {
    return await client.sendCommand(command);
  } finally {
    command.args.length = 0;
  }
}
