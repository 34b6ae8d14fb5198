import { HandlerPipeline } from '@budget-buddy/platform';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ConfirmingPublisher } from './broker/confirming-publisher';
import { Outbox } from './outbox/outbox';
import { OutboxRelay } from './outbox/outbox-relay';
import { OutboxRetention } from './outbox/outbox-retention';
import { OutboxStore } from './outbox/outbox-store';
import { EventConsumer } from './subscription/event-consumer';
import { EventProcessor } from './subscription/event-processor';
import { HandlerRegistry } from './subscription/handler-registry';
import { MessageMover } from './subscription/message-mover';

const PUBLISHING: Provider[] = [ConfirmingPublisher, OutboxStore, OutboxRelay, Outbox, OutboxRetention];
const SUBSCRIBING: Provider[] = [HandlerPipeline, HandlerRegistry, MessageMover, EventProcessor, EventConsumer];

/** Domain events for a whole app. Needs ConfigurationModule (with EventsConfiguration), PostgresModule, RabbitModule. */
@Module({})
export class DomainEventsModule {
  /** The app publishes: `Outbox` can be injected everywhere, and a relay runs. */
  static forPublisher(): DynamicModule {
    return { module: DomainEventsModule, global: true, providers: PUBLISHING, exports: [Outbox, OutboxRelay] };
  }

  /** The app publishes and consumes: methods decorated with `@OnDomainEvent` are called. */
  static forSubscriber(): DynamicModule {
    return {
      ...DomainEventsModule.forPublisher(),
      imports: [DiscoveryModule],
      providers: [...PUBLISHING, ...SUBSCRIBING],
    };
  }
}
