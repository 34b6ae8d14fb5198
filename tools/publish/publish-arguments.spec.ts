import { describe, expect, it } from 'vitest';
import { readArguments, readValue } from './publish-arguments';
import { publishBody } from './publish-body';
import { UsageError } from '../usage-error';

const read = (...words: string[]) => readArguments(words);

describe('the arguments of publish', () => {
  it('take any option for a field in snake_case', () => {
    expect(read('BudgetCreated', '--budget-id', 'b-1', '--total-limit=50000', '--set', 'count=3')).toEqual({
      event: 'BudgetCreated',
      fields: { budget_id: 'b-1', total_limit: 50_000, count: 3 },
      count: 1,
    });
  });

  it('keep what is meant for the tool out of the body', () => {
    const call = read('X', '--file', '-', '--count', '10', '--url', 'amqp://h', '--exchange', 'e', '--message-id', '7');
    expect(call).toEqual({
      event: 'X',
      fields: {},
      file: '-',
      count: 10,
      url: 'amqp://h',
      exchange: 'e',
      messageId: '7',
    });
  });

  it('read values as what they look like', () => {
    const values = ['5', '-1.5', '007', '12345678901234567890', 'true', 'null', '"5"', '{"a":[1]}', '2027-01-31', ''];
    expect(values.map(readValue)).toEqual([
      5,
      -1.5,
      '007',
      '12345678901234567890',
      true,
      null,
      '5',
      { a: [1] },
      '2027-01-31',
      '',
    ]);
  });

  it.each([
    [[]],
    [['A', 'B']],
    [['A', '--x']],
    [['A', '--count', '0']],
    [['A', '--set', 'x']],
    [['A', '--x', '{']],
    [['-f']],
  ])('refuse %j', (words) => expect(() => readArguments(words)).toThrow(UsageError));
});

describe('the body that is published', () => {
  it('is the file, byte for byte, when there are no fields', () => {
    expect(publishBody(read('A', '--file', 'f'), Buffer.from('{ not json')).toString()).toBe('{ not json');
  });

  it('is the fields, or the file with the fields', () => {
    expect(publishBody(read('A', '--x', '1')).toString()).toBe('{"x":1}');
    expect(publishBody(read('A', '--file', 'f', '--x', '1'), Buffer.from('{"x":0,"y":2}')).toString()).toBe(
      '{"x":1,"y":2}',
    );
  });

  it('cannot be something else than an object with fields added', () => {
    expect(() => publishBody(read('A', '--file', 'f', '--x', '1'), Buffer.from('[1]'))).toThrow(UsageError);
  });
});
