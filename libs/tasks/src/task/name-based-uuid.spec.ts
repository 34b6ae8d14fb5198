import fc from 'fast-check';
import { v5 } from 'uuid';
import { expect, it } from 'vitest';
import { nameBasedUuids } from './name-based-uuid';

it('makes the UUID that the library makes of the same name', () => {
  fc.assert(
    fc.property(fc.uuid(), fc.string({ unit: 'grapheme' }), (namespace, name) => {
      expect(nameBasedUuids(namespace)(name)).toBe(v5(name, namespace));
    }),
    { numRuns: 2_000 },
  );
});

it('makes the one that RFC 9562 has for an example (A.4)', () => {
  const inDns = nameBasedUuids('6ba7b810-9dad-11d1-80b4-00c04fd430c8');
  expect(inDns('www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
});
