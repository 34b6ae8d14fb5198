import { AsyncLocalStorage } from 'node:async_hooks';
import type { NestInterceptor } from '@nestjs/common';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer';
import { catchError, lastValueFrom, map, type Observable, retry, throwError } from 'rxjs';
import { expect, it } from 'vitest';
import { LeanInterceptors } from './lean-interceptors';

const storage = new AsyncLocalStorage<string>();

const doubling: NestInterceptor = {
  intercept: (_, next) => next.handle().pipe(map((value: unknown) => [value, value])),
};
const retrying: NestInterceptor = { intercept: (_, next) => next.handle().pipe(retry(2)) };
const storing: NestInterceptor = { intercept: (_, next) => storage.run('stored', () => next.handle()) };
const telling: NestInterceptor = {
  intercept: (context, next) =>
    next
      .handle()
      .pipe(catchError((error: Error) => throwError(() => new Error(`${context.getType()}: ${error.message}`)))),
};

const asynchronous: NestInterceptor = { intercept: async (_, next) => Promise.resolve(next.handle()) };
const throwing: NestInterceptor = {
  intercept: () => {
    throw new Error('thrown');
  },
};

/** What comes of a handler that fails twice, behind some interceptors. */
async function outcome(consumer: InterceptorsConsumer, interceptors: NestInterceptor[]): Promise<unknown> {
  let calls = 0;
  const handler = () => {
    calls++;
    if (calls < 3) return Promise.reject(new Error(`call ${calls} in ${storage.getStore()}`));
    return Promise.resolve(`call ${calls} in ${storage.getStore()}`);
  };
  try {
    const result = await consumer.intercept(interceptors, [], {}, handler, handler, 'task');
    return interceptors.length === 0 ? result : await lastValueFrom(result as Observable<unknown>);
  } catch (error) {
    return `${calls} calls: ${(error as Error).message}`;
  }
}

it.each([
  { interceptors: [], expected: '1 calls: call 1 in undefined' },
  { interceptors: [telling], expected: '1 calls: task: call 1 in undefined' },
  { interceptors: [storing, telling], expected: '1 calls: task: call 1 in stored' },
  { interceptors: [retrying], expected: 'call 3 in undefined' },
  { interceptors: [telling, throwing], expected: '0 calls: task: thrown' },
  {
    interceptors: [doubling, retrying, asynchronous, storing],
    expected: ['call 3 in stored', 'call 3 in stored'],
  },
])('runs $interceptors.length interceptors as Nest does', async ({ interceptors, expected }) => {
  expect(await outcome(new InterceptorsConsumer(), interceptors)).toEqual(expected);
  expect(await outcome(new LeanInterceptors(), interceptors)).toEqual(expected);
});
