import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitHeaders } from './portable-headers';

// What amqplib itself writes with: what it cannot write must not reach it.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { encodeTable, decodeFields } = require('amqplib/lib/codec') as {
  encodeTable(buffer: Buffer, table: object, offset: number): number;
  decodeFields(buffer: Buffer): Record<string, unknown>;
};

function written(table: object): Record<string, unknown> {
  const buffer = Buffer.alloc(65_536);
  const size = encodeTable(buffer, table, 0);
  expect(size).toBeLessThan(60_000);
  return decodeFields(buffer.subarray(4, size));
}

describe('the headers of a copy', () => {
  it('are those of the original, as they were', () => {
    const headers = { text: 'é', count: 3, flag: true, none: null, list: [1, 'a'], table: { deep: { x: 1 } } };
    expect(splitHeaders(headers)).toEqual({ portable: headers, told: {} });
    expect(written(headers)).toEqual(headers);
    const at = { '!': 'timestamp', value: 1_800_000_000 };
    expect(splitHeaders({ at }).portable).toEqual({ at });
  });

  it('only tell of what would misroute the copy', () => {
    const { portable, told } = splitHeaders({ CC: ['a'], BCC: ['b'], 'x-death': [], 'x-first-death-queue': 'q' });
    expect(portable).toEqual({});
    expect(told).toEqual({ CC: '["a"]', BCC: '["b"]', 'x-death': '[]', 'x-first-death-queue': '"q"' });
  });

  it('only tell of what amqplib cannot write', () => {
    const odd = { a: { hasOwnProperty: 1 }, b: { '!': 'x', value: 1 }, c: -1e300, d: { '!': 'decimal', value: {} } };
    expect(Object.keys(splitHeaders(odd).told)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tell of a huge one in short, and keep the others', () => {
    const { portable, told } = splitHeaders({ huge: 'x'.repeat(100_000), small: 'kept' });
    expect(portable).toEqual({ small: 'kept' });
    expect(told.huge?.length).toBeLessThan(8_192);
  });

  it('can always be written, and are small enough', () => {
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.string({ maxLength: 5_000 }), fc.array(fc.boolean()));
    const key = fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom('!', 'hasOwnProperty', '__proto__', 'toString'));
    fc.assert(
      fc.property(fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value)), { maxKeys: 60 }), (headers) => {
        const { portable, told } = splitHeaders(headers);
        written({ ...portable, told: JSON.stringify(told) });
      }),
    );
  });
});
