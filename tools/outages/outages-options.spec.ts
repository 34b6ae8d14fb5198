import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error';
import { readOptions } from './outages-options';

describe('the options of npm run outages', () => {
  it('ask for every server, every kind, and both lengths, the short ones first', () => {
    const { outages } = readOptions([]);
    expect(outages).toHaveLength(3 * 4 * 2);
    expect(outages[0]).toEqual({ server: 'rabbitmq', kind: 'killed', forMs: 1_000 });
    expect(outages.at(-1)).toEqual({ server: 'redis', kind: 'slow', forMs: 60_000 });
  });

  it('choose some of them', () => {
    const { outages } = readOptions(['--servers', 'redis', '--kinds', 'frozen,dropped', '--seconds', '2.5']);
    expect(outages).toEqual([
      { server: 'redis', kind: 'frozen', forMs: 2_500 },
      { server: 'redis', kind: 'dropped', forMs: 2_500 },
    ]);
  });

  it('name them one by one', () => {
    const { outages } = readOptions(['redis/slow/1', 'postgres/killed/60']);
    expect(outages).toEqual([
      { server: 'redis', kind: 'slow', forMs: 1_000 },
      { server: 'postgres', kind: 'killed', forMs: 60_000 },
    ]);
  });

  it.each([
    [['--servers', 'mysql'], '--servers has "mysql", expected one of rabbitmq, postgres, redis'],
    [['--kinds', ''], '--kinds has "", expected one of killed, frozen, dropped, slow'],
    [['--seconds', '0'], '--seconds has "0", expected seconds from 0.1 to 3600'],
    [['redis/slow'], 'redis/slow has "", expected seconds from 0.1 to 3600'],
  ])('refuse %j', (words, message) => {
    expect(() => readOptions(words)).toThrow(new UsageError(message));
  });
});
