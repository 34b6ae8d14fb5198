import type { PipeTransform } from '@nestjs/common';
import { ExternalContextCreator } from '@nestjs/core';
import { PipesConsumer } from '@nestjs/core/pipes/pipes-consumer';
import { expect, it, vi } from 'vitest';
import { leanPipes } from './lean-pipes';

const pipesConsumer = { value: new PipesConsumer() };
const contexts = Object.create(ExternalContextCreator.prototype, { pipesConsumer }) as ExternalContextCreator;
const doubling: PipeTransform = { transform: (value: string) => value + value };

/** The parameter at an index has the value at a position; by a promise where its decorator is a custom one. */
function parameter(index: number, position: number, own: PipeTransform[] = [], type: number | string = position) {
  const value = (values: string[]) => values[position]!;
  const extractValue = (...values: string[]) =>
    typeof type === 'string' ? Promise.resolve(value(values)) : value(values);
  return { index, type, pipes: own, extractValue };
}

it.each([
  { what: 'none', pipes: [], parameters: [], isLean: false },
  { what: 'crossed', pipes: [], parameters: [parameter(1, 0), parameter(0, 1)], isLean: true },
  {
    what: 'with a pipe of its own',
    pipes: [],
    parameters: [parameter(0, 0), parameter(1, 1, [doubling])],
    isLean: false,
  },
  { what: 'with a pipe for all', pipes: [doubling], parameters: [parameter(0, 0), parameter(1, 1)], isLean: false },
  {
    what: 'of a custom decorator',
    pipes: [],
    parameters: [parameter(0, 1), parameter(1, 0, [], 'own')],
    isLean: false,
  },
])('puts parameters where Nest does: $what', async ({ pipes, parameters, isLean }) => {
  const apply = async (create: ExternalContextCreator['createPipesFn']) => {
    const args: unknown[] = [null, null];
    await create.call(contexts, pipes, parameters as never)?.(args, 'a', 'b');
    return args;
  };
  const nests = vi.spyOn(contexts, 'createPipesFn');
  const lean = await apply(leanPipes(contexts));
  expect(nests).toHaveBeenCalledTimes(isLean ? 0 : 1);
  nests.mockRestore();
  expect(lean).toEqual(await apply(ExternalContextCreator.prototype.createPipesFn.bind(contexts)));
});
