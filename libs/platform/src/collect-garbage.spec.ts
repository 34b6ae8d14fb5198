import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { collectGarbage } from './collect-garbage';

function forgotten(): WeakRef<object> {
  return new WeakRef({ some: 'thing' });
}

it('has nothing left of what nobody holds', async () => {
  const references = Array.from({ length: 3 }, forgotten);
  const held = { some: 'thing' };
  const reference = new WeakRef(held);
  // Until the end of the turn, a weak reference holds what it was made of.
  await turn();
  collectGarbage();
  expect(references.map((each) => each.deref())).toEqual([undefined, undefined, undefined]);
  expect(reference.deref()).toBe(held);
});
