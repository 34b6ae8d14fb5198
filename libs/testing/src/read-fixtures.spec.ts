import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsString } from 'class-validator';
import { Transform } from 'class-transformer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Task } from '@budget-buddy/tasks';
import { readFixtures } from './read-fixtures';

@Task<Greet>({
  name: 'greet',
  version: 2,
  upcasters: { 1: ({ who }) => ({ name: who }) },
  queue: 'greetings',
  key: ({ name }) => name,
})
class Greet {
  @IsString()
  @Transform(({ value }) => (value === 'loud' ? 'LOUD' : (value as unknown)))
  name!: string;
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fixtures-'));
  mkdirSync(join(folder, 'greet'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const keep = (file: string, payload: object) => writeFileSync(join(folder, 'greet', file), JSON.stringify(payload));

describe('fixtures of a task', () => {
  it('are read as payloads of their versions', () => {
    keep('1.json', { who: 'Ada' });
    keep('2.json', { name: 'Grace' });
    expect(readFixtures(Greet, folder)).toEqual([{ name: 'Ada' }, { name: 'Grace' }]);
  });

  it('are missed when a class has a version without one', () => {
    keep('1.json', { who: 'Ada' });
    expect(() => readFixtures(Greet, folder)).toThrow(/has 1.json, expected a payload of each version: 1.json, 2.json/);
  });

  it('are of no version that there is not', () => {
    for (const file of ['1.json', '2.json', '3.json']) keep(file, { who: 'Ada', name: 'Ada' });
    expect(() => readFixtures(Greet, folder)).toThrow(/has 1.json, 2.json, 3.json, expected/);
  });

  it('must be readable', () => {
    keep('1.json', { name: 'Ada' });
    keep('2.json', { name: 'Grace' });
    expect(() => readFixtures(Greet, folder)).toThrow(
      'greet: the payload, of version 1, cannot be read: name is undefined',
    );
  });

  it('are what the class writes, the newest of them', () => {
    keep('1.json', { who: 'Ada' });
    keep('2.json', { name: 'loud' });
    expect(() => readFixtures(Greet, folder)).toThrow(
      'greet writes {"name":"LOUD"}, expected what its fixture of version 2 says: {"name":"loud"}',
    );
  });
});
