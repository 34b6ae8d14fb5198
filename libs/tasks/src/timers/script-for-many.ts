/** A script of Redis that is told its keys, then its other arguments, as one list. */
export interface Script {
  readonly lua: string;
  readonly numberOfKeys: number;
}

/** What a script is called with, keys first. */
export type ScriptArguments = readonly unknown[];

/** An argument of a script but a key. Bytes that need not be text are among the further arguments, at a place from 1. */
type Argument = string | { readonly at: number };

/** What a script for many is told, beyond the keys. Positions are counted from 1, as Lua does. */
interface Told {
  readonly calls: number;
  /** All of the first call. */
  readonly first: readonly Argument[];
  /** Where the others' differ from it: among the keys, and among the rest. */
  readonly keys: readonly number[];
  readonly positions: readonly number[];
  /** What they have there, one call after the other. */
  readonly values: readonly Argument[];
}

/**
 * The same script for many calls, which answers with one result for each, in their order: see {@link resultsOfMany}. A
 * call that fails is a result that is an error, and its neighbours are not touched.
 *
 * It is told the first call as a whole, and of each other call only what differs. That, and the answer, is one JSON text
 * each: hundreds of arguments, and an answer of a thousand strings, cost Node more than all that Redis does with them.
 */
export function scriptForMany({ lua, numberOfKeys }: Script): string {
  return `
local function call(KEYS, ARGV)
${lua}
end

local function argument(value) return type(value) == 'table' and ARGV[1 + value.at] or value end

local told = cjson.decode(ARGV[1])
local keys, arguments = {}, {}
for i = 1, ${numberOfKeys} do keys[i] = KEYS[i] end
for i, value in ipairs(told.first) do arguments[i] = argument(value) end

local results, nextKey, nextValue = {}, ${numberOfKeys}, 0
for n = 1, told.calls do
  if n > 1 then
    for i, position in ipairs(told.keys) do keys[position] = KEYS[nextKey + i] end
    for i, position in ipairs(told.positions) do arguments[position] = argument(told.values[nextValue + i]) end
    nextKey, nextValue = nextKey + #told.keys, nextValue + #told.positions
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
return cjson.encode(results)`;
}

/** What {@link scriptForMany} is to be told of these calls: the number of its keys, the keys, the rest as one text, bytes. */
export function argumentsForMany(calls: readonly ScriptArguments[], numberOfKeys: number): unknown[] {
  const [first, ...others] = calls as readonly [ScriptArguments, ...ScriptArguments[]];
  const allKeys = first.slice(0, numberOfKeys);
  const keys: number[] = [];
  const positions: number[] = [];
  for (let position = 0; position < first.length; position++) {
    if (!differs(first, others, position)) continue;
    if (position < numberOfKeys) keys.push(position + 1);
    else positions.push(position + 1 - numberOfKeys);
  }
  const bytes: Buffer[] = [];
  const values: Argument[] = [];
  for (const call of others) {
    for (const position of keys) allKeys.push(call[position - 1]);
    for (const position of positions) values.push(toArgument(call[numberOfKeys + position - 1], bytes));
  }
  const ofFirst = first.slice(numberOfKeys).map((argument) => toArgument(argument, bytes));
  const told: Told = { calls: calls.length, first: ofFirst, keys, positions, values };
  return [allKeys.length, ...allKeys, JSON.stringify(told), ...bytes];
}

/**
 * What became of each call, by the answer of {@link scriptForMany}: what Redis would have answered (of a number, 14 digits),
 * or an Error.
 */
export function resultsOfMany(answer: unknown): unknown[] {
  return (JSON.parse(String(answer)) as unknown[]).map((result) => {
    const message = (result as { err?: string } | null)?.err;
    return message === undefined ? asReply(result) : new Error(message);
  });
}

/** As Redis answers what a script returns (https://redis.io/docs/latest/develop/interact/programmability/lua-api). */
function asReply(value: unknown): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(asReply);
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'boolean') return value ? 1 : null;
  // To cjson, an empty table is an object.
  return typeof value === 'object' && value !== null && 'ok' in value ? value.ok : [];
}

function differs(first: ScriptArguments, others: readonly ScriptArguments[], position: number): boolean {
  for (const other of others) if (!isSame(other[position], first[position])) return true;
  return false;
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || (Buffer.isBuffer(one) && Buffer.isBuffer(other) && one.equals(other));
}

/** What ioredis would send. @param bytes takes what is no text. */
function toArgument(argument: unknown, bytes: Buffer[]): Argument {
  if (Buffer.isBuffer(argument)) return { at: bytes.push(argument) };
  if (argument === undefined || argument === null) return '';
  return `${argument as string | number}`.toWellFormed();
}
