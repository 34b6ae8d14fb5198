import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments';
import { UsageError } from '../usage-error';

const rowIds = ['events', 'no-op'];
const read = (...words: string[]) => readArguments(words, rowIds);

describe('the words after npm run bench', () => {
  it('may be none', () => {
    expect(read()).toEqual({
      quick: false,
      profile: false,
      only: undefined,
      rounds: undefined,
      json: undefined,
    });
  });

  it('choose rows, rounds and the scale', () => {
    expect(read('--quick', '--only', 'no-op, events', '--rounds=3')).toMatchObject({
      quick: true,
      only: ['no-op', 'events'],
      rounds: 3,
    });
  });

  it.each([
    [['--only', 'nop'], '--only nop: expected some of events,no-op'],
    [['--rounds', '0'], '--rounds 0: expected a whole number from 1 to 999'],
    [['--fast'], /--fast/],
    [['events'], /events/],
  ])('are refused where they make no sense: %s', (words, message) => {
    expect(() => readArguments(words, rowIds)).toThrow(UsageError);
    expect(() => readArguments(words, rowIds)).toThrow(message);
  });
});
