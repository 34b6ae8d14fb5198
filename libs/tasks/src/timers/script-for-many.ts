/** A script of Redis that is told its keys, then its other arguments, as one list. */
export interface Script {
  readonly lua: string;
  readonly numberOfKeys: number;
}

/** What a script is called with, keys first. */
export type ScriptArguments = readonly unknown[];

/**
 * The same script for many calls, which answers with one result for each, in their order. A call that fails is a
 * result that is an error, and its neighbours are not touched.
 *
 * It is told the first call as a whole, and of each other call only what differs: see {@link argumentsForMany}.
 */
export function scriptForMany({ lua, numberOfKeys }: Script): string {
  return `
local function call(KEYS, ARGV)
${lua}
end

local calls, width = tonumber(ARGV[1]), tonumber(ARGV[2])
local keysThatDiffer, argumentsThatDiffer = tonumber(ARGV[3]), tonumber(ARGV[4])
local firstKey, firstArgument = ${numberOfKeys}, 4 + keysThatDiffer + argumentsThatDiffer
local keys, arguments = {}, {}
for i = 1, ${numberOfKeys} do keys[i] = KEYS[i] end
for i = 1, width - ${numberOfKeys} do arguments[i] = ARGV[firstArgument + i] end
firstArgument = firstArgument + width - ${numberOfKeys}

local results = {}
for n = 1, calls do
  if n > 1 then
    for i = 1, keysThatDiffer do keys[tonumber(ARGV[4 + i])] = KEYS[firstKey + i] end
    for i = 1, argumentsThatDiffer do
      arguments[tonumber(ARGV[4 + keysThatDiffer + i])] = ARGV[firstArgument + i]
    end
    firstKey, firstArgument = firstKey + keysThatDiffer, firstArgument + argumentsThatDiffer
  end
  local done, result = pcall(call, keys, arguments)
  if done then
    -- A list ends at its first nil.
    results[n] = result ~= nil and result
  else
    local message = type(result) == 'table' and result.err or tostring(result)
    -- A master that became a replica: ioredis looks for another one, if it is told so.
    if string.find(message, 'READONLY', 1, true) then return redis.error_reply(message) end
    results[n] = { err = message }
  end
end
return results`;
}

/** What {@link scriptForMany} is to be told of these calls: the number of its keys, the keys, and the rest. */
export function argumentsForMany(calls: readonly ScriptArguments[], numberOfKeys: number): unknown[] {
  const [first, ...others] = calls as readonly [ScriptArguments, ...ScriptArguments[]];
  const positions = first.map((_, position) => position).filter((position) => differs(calls, position));
  const keys = positions.filter((position) => position < numberOfKeys);
  const rest = positions.filter((position) => position >= numberOfKeys);
  return [
    numberOfKeys + others.length * keys.length,
    ...first.slice(0, numberOfKeys),
    ...others.flatMap((call) => keys.map((position) => call[position])),
    ...[calls.length, first.length, keys.length, rest.length],
    ...keys.map((position) => position + 1),
    ...rest.map((position) => position - numberOfKeys + 1),
    ...first.slice(numberOfKeys),
    ...others.flatMap((call) => rest.map((position) => call[position])),
  ];
}

function differs([first, ...others]: readonly ScriptArguments[], position: number): boolean {
  return others.some((call) => !isSame(call[position], first![position]));
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (Buffer.isBuffer(one) && Buffer.isBuffer(other) && one.equals(other));
}
