import type { RedisClient } from '@budget-buddy/platform';
import { LOOK_AHEAD_MS } from './look-ahead';

/** Bull's script that has the jobs that are due wait for a worker. */
const SCRIPT = 'updateDelaySet';
const BULLS_SEARCH = 'local jobs = rcall("ZRANGEBYSCORE"';
const BULLS_NOW = 'tonumber(ARGV[2]) * 0x1000, ';
const BULLS_PORTION = '"LIMIT", 0, 1000)';
const BULLS_ANSWER = 'return nextTimestamp';

const PORTION = 100;
/** More than these need not wait for a worker; what else is due is still among the delayed. */
const MOST_WAITING = 300;
/** Then Bull asks again. Workers do not take 300 jobs in so short a time. */
const AGAIN_MS = 10;

/** Of a timer that is taken so long before its time, in Bull's scores. */
const AHEAD = `${LOOK_AHEAD_MS} * 0x1000`;

/** Bull takes the answer for the score of the next job that will be due: ms x 4096. */
const SEARCH = `
local list, isPaused = getTargetQueueList(KEYS[6], KEYS[3], KEYS[5])
local room = isPaused and ${PORTION} or ${MOST_WAITING} - rcall("LLEN", list)
if room < 1 then return (tonumber(ARGV[2]) + ${AGAIN_MS}) * 0x1000 end
${BULLS_SEARCH}`;

/**
 * Has Bull take the jobs that are due, or soon will be, a hundred at a time, and no more than workers will soon ask for: Redis does nothing
 * else meanwhile, and a thousand take it 10 to 20 ms, for which all other queues wait. Bull asks again at once while
 * there are more. Of a paused queue it takes all, or it would ask for as long as nobody lets that go on.
 */
export function takeDueInPortions(client: RedisClient): void {
  const define = client.defineCommand.bind(client);
  client.defineCommand = (name, definition) => {
    const lua = name === SCRIPT ? inPortions(definition.lua) : definition.lua;
    define(name, { ...definition, lua });
  };
}

function inPortions(lua: string): string {
  return lua
    .replace(BULLS_SEARCH, SEARCH)
    .replace(BULLS_NOW, `tonumber(ARGV[2]) * 0x1000 + ${AHEAD}, `)
    .replace(BULLS_PORTION, `"LIMIT", 0, math.min(room, ${PORTION}))`)
    .replace(BULLS_ANSWER, `return nextTimestamp and nextTimestamp - ${AHEAD}`);
}
