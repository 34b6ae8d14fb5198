import { describe, expect, it } from 'vitest';
import { errorLine } from './error-line';

describe('an error in one line', () => {
  it('is its name and message', () => {
    expect(errorLine(new TypeError('no\n  such thing'))).toBe('TypeError: no such thing');
  });

  it('is whatever was thrown', () => {
    expect(errorLine('a text')).toBe('a text');
  });

  it('holds no secret', () => {
    expect(errorLine(new Error('amqp://guest:secret@host is away'))).not.toContain('secret');
  });

  it('holds nothing that PostgreSQL refuses: no NUL, no half of a surrogate pair, also where it is cut', () => {
    expect(errorLine(new Error('a\0b \ud83d'))).toBe('Error: a b \ufffd');
    for (const length of [490, 491, 492, 493, 494]) {
      const line = errorLine(new Error('x'.repeat(length) + '\u{1f956}'));
      expect(line.isWellFormed()).toBe(true);
      expect(line.length).toBeLessThanOrEqual(500);
    }
  });
});
