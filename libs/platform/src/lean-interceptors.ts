import { AsyncResource } from 'node:async_hooks';
import type { NestInterceptor } from '@nestjs/common';
import type { Controller } from '@nestjs/common/interfaces';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer';
import { from, isObservable, mergeAll, Observable } from 'rxjs';

type Callback = (...args: unknown[]) => unknown;
type Begun = Observable<unknown> | Promise<Observable<unknown>>;

/**
 * Runs interceptors as Nest does, asynchronous context included, with one observable for each instead of eight. And Nest uses
 * `AsyncResource.bind`, which in Node 20 and 22 takes 5 µs for a property that nobody reads.
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
    const run = (index: number): Observable<unknown> => {
      const interceptor = interceptors[index];
      if (!interceptor) return deferHere(() => this.transformDeferred(next));
      return deferHere(() => interceptor.intercept(context, { handle: () => run(index + 1) }));
    };
    return run(0);
  }
}

/** To be begun each time it is subscribed to, in the asynchronous context of now. */
function deferHere(begin: () => Begun): Observable<unknown> {
  const here = new AsyncResource('INTERCEPTOR');
  return new Observable((subscriber) => {
    const begun = here.runInAsyncScope(begin);
    const observable = isObservable(begun) ? begun : from(Promise.resolve(begun)).pipe(mergeAll());
    return observable.subscribe(subscriber);
  });
}
