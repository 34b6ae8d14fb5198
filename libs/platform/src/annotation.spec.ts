import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { Annotation } from './annotation';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options: { type: 'minor' | 'major' }) => void;

it('is of its own object only, and one of several', () => {
  const [colour, size] = [new Annotation<object, string>(), new Annotation<object, number>()];
  const [one, other] = [{}, {}];
  colour.add(one, 'red');
  size.add(one, 7);
  colour.add(other, 'blue');
  colour.add(other, 'green');
  expect([colour.of(one), size.of(one), colour.of(other), size.of(other)]).toEqual(['red', 7, 'green', undefined]);
});

it('goes with what is young, also when it leads back to its object', () => {
  const annotation = new Annotation<object, object>();
  gc({ type: 'major' });
  const before = process.memoryUsage().heapUsed;
  for (let count = 0; count < 2_000; count++) {
    const target = {};
    annotation.add(target, { target, ballast: new Array(500).fill(0.5) });
  }
  gc({ type: 'minor' });
  gc({ type: 'minor' });
  // Of eight million: a WeakMap leaves more than a quarter of them, mostly all.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2_000_000);
});
