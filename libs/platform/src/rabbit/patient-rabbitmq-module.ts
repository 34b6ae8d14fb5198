import { RabbitMQModule } from '@golevelup/nestjs-rabbitmq';
import { Logger } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';

/** Long enough for a broker that answers, short enough for one that does not. */
const SUBSCRIBE_TIMEOUT_MS = 5_000;

/**
 * golevelup subscribes while the app boots, and waits for the broker's answer as long as it takes: with the broker away
 * the app would never be up, and could not even say so. Here the app goes on; the subscriptions are made as soon as
 * the connection is.
 */
export class PatientRabbitMQModule extends RabbitMQModule {
  override async onApplicationBootstrap(): Promise<void> {
    const abandoned = new AbortController();
    const subscribed = super.onApplicationBootstrap().then(() => true);
    const timedOut = delay(SUBSCRIBE_TIMEOUT_MS, false, { signal: abandoned.signal }).catch(() => false);
    const inTime = await Promise.race([subscribed, timedOut]).finally(() => abandoned.abort());
    if (inTime) return;
    const logger = new Logger('RabbitModule');
    logger.warn('Starting without RabbitMQ; subscriptions are made as soon as it is available');
    subscribed.then(
      () => logger.log('Subscriptions are made'),
      (error: Error) => logger.error(`Subscribing failed: ${error.message}`, error.stack),
    );
  }
}
