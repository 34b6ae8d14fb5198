import { RabbitMQModule } from '@golevelup/nestjs-rabbitmq';
import { Logger } from '@nestjs/common';
import { endsWithin } from '../ends-within';

/** Long enough for a broker that answers, short enough for one that does not. */
const SUBSCRIBE_TIMEOUT_MS = 3_000;
const CLOSE_TIMEOUT_MS = 3_000;

/**
 * golevelup subscribes while the app boots, and waits for the broker's answer as long as it takes: with the broker away
 * the app would never be up, and could not even say so. Here the app goes on; the subscriptions are made as soon as
 * the connection is. Likewise a broker that does not answer keeps no process from ending.
 */
export class PatientRabbitMQModule extends RabbitMQModule {
  private readonly log = new Logger('RabbitModule');

  override async onApplicationBootstrap(): Promise<void> {
    const subscribed = super.onApplicationBootstrap();
    if (await endsWithin(SUBSCRIBE_TIMEOUT_MS, subscribed)) return;
    this.log.warn('Starting without RabbitMQ; subscriptions are made as soon as it is available');
    subscribed.then(
      () => this.log.log('Subscriptions are made'),
      (error: unknown) => this.log.error({ err: error }, 'Subscribing failed'),
    );
  }

  override async onApplicationShutdown(): Promise<void> {
    const closed = await endsWithin(CLOSE_TIMEOUT_MS, super.onApplicationShutdown());
    if (!closed) this.log.warn(`RabbitMQ did not take leave within ${CLOSE_TIMEOUT_MS} ms`);
  }
}
