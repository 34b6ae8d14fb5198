import { Injectable } from '@nestjs/common';
import { EXCEPTION_FILTERS_METADATA } from '@nestjs/common/constants';
import { APP_FILTER, ExternalContextCreator, ModulesContainer } from '@nestjs/core';
import type { ParamsFactory } from '@nestjs/core/helpers/external-context-creator';
import { LeanInterceptors } from './lean-interceptors';
import { leanPipes } from './lean-pipes';

type Call = (...args: unknown[]) => Promise<unknown>;

/** How the parameters of a handler are found, as Nest's `ExternalContextCreator` wants to know it. */
export interface PipelineOptions {
  /** What `ExecutionContext.getType()` says in guards, interceptors and filters. */
  contextType: string;
  /** Where the decorated parameters are; pipes run on these only. */
  metadataKey: string;
  paramsFactory: ParamsFactory;
}

/** A method as Nest runs it. Both calls take the method's own arguments. */
export interface Pipeline {
  /** Guards, interceptors, pipes and the method itself. Rejects with what went wrong in any of them. */
  run: Call;
  /**
   * Exception filters. They cannot make a failure a success: a catch-all written for HTTP would otherwise have failed
   * work counted as done.
   * @returns the error that stands: what a filter threw in the place of the given one, or that one.
   */
  filter: (error: unknown, ...args: unknown[]) => Promise<unknown>;
}

const FILTERS_ONLY = { filters: true, guards: false, interceptors: false };
const ALL_BUT_FILTERS = { filters: false, guards: true, interceptors: true };

/** Runs handlers of messages and tasks as Nest runs those of HTTP routes. */
@Injectable()
export class HandlerPipeline {
  private readonly contexts: ExternalContextCreator;

  constructor(
    contexts: ExternalContextCreator,
    private readonly modules: ModulesContainer,
  ) {
    // Nest's own in all but these: it has no other way to be told.
    const interceptorsConsumer = { value: new LeanInterceptors() };
    const createPipesFn = { value: leanPipes(contexts) };
    this.contexts = Object.create(contexts, { interceptorsConsumer, createPipesFn }) as ExternalContextCreator;
  }

  create(instance: object, method: string, options: PipelineOptions): Pipeline {
    const handler = (instance as Record<string, Call>)[method]!;
    return {
      run: this.call(instance, handler, method, options, ALL_BUT_FILTERS),
      filter: this.hasFilters(instance, handler)
        ? this.createFilter(instance, handler, method, options)
        : (error) => Promise.resolve(error),
    };
  }

  /**
   * Where there are none, Nest's own would log each error once more, without saying whose it is. Global filters are
   * those provided as APP_FILTER; what `useGlobalFilters` adds is for HTTP.
   */
  private hasFilters(instance: object, handler: Call): boolean {
    const own = [handler, instance.constructor].some((target) =>
      Reflect.hasMetadata(EXCEPTION_FILTERS_METADATA, target),
    );
    const tokens = [...this.modules.values()].flatMap((module) => [...module.providers.keys()]);
    return own || tokens.some((token) => typeof token === 'string' && token.startsWith(APP_FILTER));
  }

  /** Nest offers filters only around a call: so they get one that does nothing but fail with the error. */
  private createFilter(instance: object, handler: Call, method: string, options: PipelineOptions): Pipeline['filter'] {
    const errors = new Map<unknown[], unknown>();
    const rethrow: Call = async (...args) => {
      throw errors.get(args[args.length - 1] as unknown[]);
    };
    for (const key of Reflect.getMetadataKeys(handler)) {
      Reflect.defineMetadata(key, Reflect.getMetadata(key, handler), rethrow);
    }
    const call = this.call(instance, rethrow, `${method} (filters)`, options, FILTERS_ONLY);
    return async (error, ...args) => {
      errors.set(args, error);
      try {
        await call(...args, args);
        return error;
      } catch (standing) {
        return standing;
      } finally {
        errors.delete(args);
      }
    };
  }

  private call(
    instance: object,
    callback: Call,
    method: string,
    { contextType, metadataKey, paramsFactory }: PipelineOptions,
    enhancers: typeof ALL_BUT_FILTERS,
  ): Call {
    return this.contexts.create(
      instance,
      callback,
      method,
      metadataKey,
      paramsFactory,
      undefined,
      undefined,
      enhancers,
      contextType,
    );
  }
}
