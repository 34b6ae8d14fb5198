/** Longer ones are not kept: what others send must not fill the memory. */
const LONGEST_KEY = 64;
const MOST_KEYS = 1_000;

/** A pure function of short texts, or of numbers, that remembers what it gave for the last thousand or so. */
export function remembering<Key extends string | number, Result>(compute: (key: Key) => Result): (key: Key) => Result {
  const known = new Map<Key, Result>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const result = compute(key);
    if (typeof key === 'string' && key.length > LONGEST_KEY) return result;
    if (known.size >= MOST_KEYS) known.clear();
    known.set(key, result);
    return result;
  };
}
