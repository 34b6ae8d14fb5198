import { AsyncResource } from 'node:async_hooks';
import type { NestInterceptor } from '@nestjs/common';
import type { Controller } from '@nestjs/common/interfaces';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer';
import { defer, mergeAll, type Observable } from 'rxjs';

type Callback = (...args: unknown[]) => unknown;

/**
 * Runs interceptors as Nest does, asynchronous context included. Nest uses `AsyncResource.bind`, which in Node 20 and 22
 * takes 5 µs for a property that nobody reads; for each interceptor, and once more for the handler.
 */
export class LeanInterceptors extends InterceptorsConsumer {
  override async intercept(
    interceptors: NestInterceptor[],
    args: unknown[],
    instance: Controller,
    callback: Callback,
    next: () => Promise<unknown>,
    type?: string,
  ): Promise<unknown> {
    if (interceptors.length === 0) return next();
    const context = this.createContext(args, instance, callback);
    context.setType(type!);
    const run = async (index: number): Promise<Observable<unknown>> => {
      const interceptor = interceptors[index];
      if (!interceptor) return deferHere(() => this.transformDeferred(next));
      return interceptor.intercept(context, { handle: () => deferHere(() => run(index + 1)).pipe(mergeAll()) });
    };
    return defer(() => run(0)).pipe(mergeAll());
  }
}

/** To be begun when it is subscribed to, in the asynchronous context of now. */
function deferHere<Result extends Observable<unknown> | Promise<Observable<unknown>>>(begin: () => Result) {
  const here = new AsyncResource('INTERCEPTOR');
  return defer(() => here.runInAsyncScope(begin));
}
