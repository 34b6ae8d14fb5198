import type { RedisClient } from '@budget-buddy/platform';
import { LOOK_AHEAD_MS } from './look-ahead';

/** Bull's script that has the jobs that are due wait for a worker. */
const SCRIPT = 'updateDelaySet';
const BULLS_SEARCH = 'local jobs = rcall("ZRANGEBYSCORE", KEYS[1], 0, tonumber(ARGV[2]) * 0x1000, "LIMIT", 0, 1000)';
const BULLS_ANSWER = 'return nextTimestamp';

const PORTION = 100;
/** More than these need not wait for a worker; what else is due is still among the delayed. */
const MOST_WAITING = 600;
/** Then Bull asks again. A worker takes 400 jobs at the most at once, and not twice in so short a time. */
const AGAIN_MS = 10;
/** Of a queue, with those that wait or run: what is due must find a place in a worker that is not taken by what is not. */
const MOST_AHEAD = 50;

/** Bull takes the answer for the score of the next job that will be due: ms x 4096. */
const SEARCH = `
local list, isPaused = getTargetQueueList(KEYS[6], KEYS[3], KEYS[5])
local now = tonumber(ARGV[2])
local room = isPaused and ${PORTION} or ${MOST_WAITING} - rcall("LLEN", list)
if room < 1 then return (now + ${AGAIN_MS}) * 0x1000 end
local function dueUntil(ms, most)
  return rcall("ZRANGEBYSCORE", KEYS[1], 0, ms * 0x1000, "LIMIT", 0, most)
end
local jobs = dueUntil(now, math.min(room, ${PORTION}))
if #jobs == 0 then
  local ahead = ${MOST_AHEAD} - rcall("LLEN", list) - rcall("LLEN", KEYS[2])
  if ahead > 0 then jobs = dueUntil(now + ${LOOK_AHEAD_MS}, ahead) end
end`;

const ANSWER = `
if not nextTimestamp then return nil end
local nextMs = nextTimestamp / 0x1000
return math.max(nextMs - ${LOOK_AHEAD_MS}, math.min(nextMs, now + ${AGAIN_MS})) * 0x1000`;

/**
 * Has Bull take the jobs that are due a hundred at a time, and no more than workers will soon ask for: Redis does nothing
 * else meanwhile, and a thousand take it 10 to 20 ms, for which all other queues wait. Bull asks again at once while
 * there are more. Of a paused queue it takes all, or it would ask for as long as nobody lets that go on. When nothing is due,
 * it takes a few that soon will be (ADR 0085).
 */
export function takeDueInPortions(client: RedisClient): void {
  const define = client.defineCommand.bind(client);
  client.defineCommand = (name, definition) => {
    const lua = name === SCRIPT ? inPortions(definition.lua) : definition.lua;
    define(name, { ...definition, lua });
  };
}

function inPortions(lua: string): string {
  return replaced(replaced(lua, BULLS_SEARCH, SEARCH), BULLS_ANSWER, ANSWER);
}

/** Half of it would have Bull ask without rest. */
function replaced(lua: string, what: string, by: string): string {
  if (!lua.includes(what)) throw new Error(`Bull's ${SCRIPT} is another one, expected it to have: ${what}`);
  return lua.replace(what, by);
}
