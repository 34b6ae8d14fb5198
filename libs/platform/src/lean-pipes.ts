import type { PipeTransform } from '@nestjs/common';
import type { ExternalContextCreator } from '@nestjs/core';

type CreatePipes = ExternalContextCreator['createPipesFn'];

/** As Nest has it of a parameter with a decorator; a custom decorator's has no number for its type. */
interface Parameter {
  readonly index: number;
  readonly type: number | string;
  readonly pipes: readonly PipeTransform[];
  extractValue(...args: unknown[]): unknown;
}

/**
 * What puts a handler's parameters in their places, by way of its pipes. Nest makes five promises of each call also where
 * there is no pipe: there, the values are put as they are.
 */
export function leanPipes(contexts: ExternalContextCreator): CreatePipes {
  return (pipes, parameters) => {
    const own = parameters as unknown as readonly Parameter[];
    const isPlain = own.every((parameter) => parameter.pipes.length === 0 && typeof parameter.type === 'number');
    if (pipes.length > 0 || own.length === 0 || !isPlain) return contexts.createPipesFn(pipes, parameters);
    return async (args: unknown[], ...values: unknown[]) => {
      for (const parameter of own) args[parameter.index] = parameter.extractValue(...values);
    };
  };
}
