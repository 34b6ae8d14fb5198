import { Injectable, Scope, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { IsString } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { DomainEvent, NotADomainEventError } from '../event/domain-event';
import { HandlerPipeline } from '@budget-buddy/platform';
import { EventHandlersError, HandlerRegistry } from './handler-registry';
import { OnDomainEvent } from './on-domain-event';

@DomainEvent({ name: 'PotOpened', aliases: ['PotOpenedEvent'] })
class PotOpened {
  @IsString() name!: string;
}

@DomainEvent({ name: 'PotOpenedEvent' })
class PotOpenedAgain {
  @IsString() name!: string;
}

class Plain {}

@Injectable()
class First {
  @OnDomainEvent(PotOpened)
  async opened(_event: PotOpened): Promise<void> {}
}

@Injectable()
class Second {
  @OnDomainEvent(PotOpenedAgain)
  async opened(_event: PotOpenedAgain): Promise<void> {}
}

@Injectable()
class OfNoEvent {
  @OnDomainEvent(Plain)
  async opened(_event: Plain): Promise<void> {}
}

@Injectable({ scope: Scope.REQUEST })
class Scoped {
  @OnDomainEvent(PotOpened)
  async opened(_event: PotOpened): Promise<void> {}
}

async function discover(...providers: Type[]): Promise<HandlerRegistry> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [HandlerPipeline, HandlerRegistry, ...providers],
  }).compile();
  const registry = module.get(HandlerRegistry);
  registry.discover();
  return registry;
}

describe("the app's handlers of events", () => {
  it('are found by all names of their events', async () => {
    const registry = await discover(First);
    expect(registry.eventNames).toEqual(['PotOpened', 'PotOpenedEvent']);
    expect(registry.routeOf('PotOpenedEvent')).toMatchObject({ eventClass: PotOpened, handlerName: 'First.opened' });
    expect(registry.routeOf('toString')).toBeUndefined();
  });

  it('must be one for each name', async () => {
    await expect(discover(First, Second)).rejects.toThrow(
      new EventHandlersError(
        'The event PotOpenedEvent has two handlers, First.opened and Second.opened: expected one. ' +
          'If two things follow from one event, let its handler do both.',
      ),
    );
  });

  it('must be of decorated classes', async () => {
    await expect(discover(OfNoEvent)).rejects.toThrow(NotADomainEventError);
  });

  it('must be callable without a request', async () => {
    await expect(discover(Scoped)).rejects.toThrow(
      'Scoped.opened cannot handle events: expected a provider in the default scope',
    );
  });
});
