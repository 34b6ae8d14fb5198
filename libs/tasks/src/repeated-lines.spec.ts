import { describe, expect, it } from 'vitest';
import { type More, RepeatedLines } from './repeated-lines';

/** What is said of a kind at some time, in ms; undefined: nothing. */
function saying(lines: RepeatedLines): (kind: string, nowMs: number) => More | undefined {
  return (kind, nowMs) => {
    let said: More | undefined;
    lines.say(kind, (more) => (said = more), nowMs);
    return said;
  };
}

describe('a line that would be said over and over', () => {
  it('is said once in a while, with how many were left out', () => {
    const say = saying(new RepeatedLines(1000));
    expect([0, 1, 999, 1000, 1001, 2500, 3500].map((ms) => say('a', ms))).toEqual([
      {},
      undefined,
      undefined,
      { sinceLastLine: 2 },
      undefined,
      { sinceLastLine: 1 },
      {},
    ]);
  });

  it('is said every half minute, where nothing else is asked for', () => {
    const say = saying(new RepeatedLines());
    expect([0, 29_999, 30_000].map((ms) => say('a', ms))).toEqual([{}, undefined, { sinceLastLine: 1 }]);
  });

  it('does not keep another kind from being said', () => {
    const say = saying(new RepeatedLines(1000));
    expect([say('a', 0), say('b', 0), say('a', 1)]).toEqual([{}, {}, undefined]);
  });

  it('remembers no more than so many kinds', () => {
    const say = saying(new RepeatedLines(1000));
    for (let kind = 0; kind <= 1000; kind++) say(String(kind), 0);
    expect(say('0', 1)).toEqual({});
    expect(say('1000', 1)).toBeUndefined();
  });
});
