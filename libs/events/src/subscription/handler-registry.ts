import { HandlerPipeline, StartupError } from '@budget-buddy/platform';
import { Injectable } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { InstanceWrapper } from '@nestjs/core/injector/instance-wrapper';
import { type EventClass, wireNames } from '../event/domain-event';
import { eventHandler, type EventHandler } from './event-handler';
import { handledEvents } from './on-domain-event';

/** What is done with the events of one name. */
export interface EventRoute {
  readonly eventClass: EventClass;
  readonly handle: EventHandler;
  /** `BudgetRenewalSubscriber.scheduleRenewal`, as logs and errors call it. */
  readonly handlerName: string;
}

/** The app's handlers of events do not fit together; it does not start. */
export class EventHandlersError extends StartupError {
  override readonly name = 'EventHandlersError';
}

/** Finds the methods decorated with `@OnDomainEvent` among the app's providers: exactly one for each event's name. */
@Injectable()
export class HandlerRegistry {
  private readonly routes = new Map<string, EventRoute>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly pipelines: HandlerPipeline,
  ) {}

  /** All names and aliases that are handled, each a routing key of the service's queue. */
  get eventNames(): string[] {
    return [...this.routes.keys()];
  }

  routeOf(eventName: string): EventRoute | undefined {
    return this.routes.get(eventName);
  }

  /**
   * Looks through the app once all of it is there.
   * @throws EventHandlersError for two handlers of one event, or one that cannot be called.
   * @throws NotADomainEventError
   */
  discover(): void {
    for (const wrapper of [...this.discovery.getProviders(), ...this.discovery.getControllers()]) {
      const type = wrapper.metatype as { prototype?: object } | null;
      if (wrapper.isAlias || !type?.prototype) continue;
      for (const method of this.scanner.getAllMethodNames(type.prototype)) this.registerMethod(wrapper, method);
    }
  }

  private registerMethod(wrapper: InstanceWrapper, method: string): void {
    const prototype = (wrapper.metatype as { prototype: Record<string, unknown> }).prototype;
    const eventClasses = handledEvents(prototype[method] as object);
    if (eventClasses.length === 0) return;
    const handlerName = `${wrapper.name}.${method}`;
    if (!wrapper.isDependencyTreeStatic()) {
      throw new EventHandlersError(`${handlerName} cannot handle events: expected a provider in the default scope`);
    }
    const handle = eventHandler(this.pipelines, wrapper.instance as object, method);
    for (const eventClass of eventClasses) this.register({ eventClass, handle, handlerName });
  }

  private register(route: EventRoute): void {
    for (const name of wireNames(route.eventClass)) {
      const other = this.routes.get(name);
      if (other) {
        throw new EventHandlersError(
          `The event ${name} has two handlers, ${other.handlerName} and ${route.handlerName}: expected one. ` +
            'If two things follow from one event, let its handler do both.',
        );
      }
      this.routes.set(name, route);
    }
  }
}
