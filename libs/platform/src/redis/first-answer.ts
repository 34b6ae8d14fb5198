import type { Redis } from 'ioredis';
import type { Socket } from 'node:net';
import { eachServer } from './each-server';
import type { RedisClient } from './open-redis';

/** A new connection is told something at once, if only that Redis is loading; in ms. */
const FIRST_ANSWER_MS = 3_000;

/** What is private to ioredis. */
interface Internals {
  readonly stream: Socket;
}

/**
 * Gives up a connection on which nothing is heard after it was made: it was made to a network that is cut, or a server
 * that is frozen, and will stay silent when either is well again. Until it is given up no other one is tried.
 */
export function giveUpWithoutFirstAnswer(redis: RedisClient): void {
  eachServer(redis, giveUpSilent);
}

function giveUpSilent(connection: Redis): void {
  connection.on('connect', () => {
    const { stream } = connection as unknown as Internals;
    const giveUp = () => stream.destroy(new Error(`Nothing was heard within ${FIRST_ANSWER_MS} ms of connecting`));
    // What a busy process has not come to read yet was heard all the same: it is read before `setImmediate`.
    let turn: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => (turn = setImmediate(giveUp)), FIRST_ANSWER_MS);
    const heard = () => {
      clearTimeout(timer);
      if (turn) clearImmediate(turn);
    };
    stream.once('data', heard).once('close', heard);
  });
}
