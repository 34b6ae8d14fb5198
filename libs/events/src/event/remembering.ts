/** Longer ones are not kept: what others send must not fill the memory. */
const LONGEST_KEY = 64;
const MOST_KEYS = 1_000;

/** A pure function of short texts that remembers what it gave for the last thousand or so. */
export function remembering<Result>(compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = compute(text);
    if (known.size >= MOST_KEYS) known.clear();
    if (text.length <= LONGEST_KEY) known.set(text, result);
    return result;
  };
}
