import { AmqpConnection } from '@golevelup/nestjs-rabbitmq';
import { Injectable, Logger } from '@nestjs/common';
import { describeError } from '../describe-error';
import { Readiness } from '../health/readiness';
import { closeChannel } from './close-channel';

/** Watches the connection to the broker: logs each outage once, and answers for it in the readiness. */
@Injectable()
export class BrokerConnection {
  private readonly logger = new Logger('RabbitModule');
  private outage?: string;

  constructor(
    private readonly amqp: AmqpConnection,
    readiness: Readiness,
  ) {
    const connection = amqp.managedConnection;
    connection.on('connectFailed', ({ err }) => this.lost(err));
    connection.on('disconnect', ({ err }) => this.lost(err));
    connection.on('connect', () => this.found());
    connection.on('blocked', ({ reason }) => this.logger.warn(`RabbitMQ takes no messages just now: ${reason}`));
    connection.on('unblocked', () => this.logger.log('RabbitMQ takes messages again'));
    readiness.register('rabbitmq', () => this.roundTrip());
  }

  /** Opening a channel needs no permission on anything, and an answer of the broker. */
  private async roundTrip(): Promise<void> {
    const { connection } = this.amqp.managedConnection;
    if (!connection) throw new Error(this.outage ?? 'not connected yet');
    const channel = await connection.createChannel();
    await closeChannel(channel);
  }

  private lost(error: Error | undefined): void {
    const reason = error ? describeError(error) : 'the connection was closed';
    if (this.outage === undefined) this.logger.warn(`RabbitMQ is unavailable, trying again by itself: ${reason}`);
    this.outage = reason;
  }

  private found(): void {
    if (this.outage !== undefined) this.logger.log('RabbitMQ is available again');
    this.outage = undefined;
  }
}
