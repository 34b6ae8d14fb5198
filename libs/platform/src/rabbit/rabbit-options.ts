import { MessageHandlerErrorBehavior, type RabbitMQConfig } from '@golevelup/nestjs-rabbitmq';
import type { AppName } from '../app/app-name';
import { connectionName } from '../app/app-name';
import { tlsOptions } from '../tls/tls-files';
import type { RabbitConfiguration } from './rabbit-configuration';

/** golevelup's options. */
export type RabbitOptions = RabbitMQConfig;

const CONNECT_TIMEOUT_MS = 5_000;
const PUBLISH_TIMEOUT_MS = 10_000;
const HEARTBEAT_S = 5;
const RECONNECT_S = 2;

/** golevelup's options for a service that outlives its broker's outages and loses no message. */
export function rabbitOptions(configuration: RabbitConfiguration, app?: AppName): RabbitOptions {
  // The timeout is amqp-connection-manager's own option: without it, publishing waits as long as the broker is away.
  const publishOptions = { persistent: true, timeout: PUBLISH_TIMEOUT_MS };
  return {
    uri: configuration.urls,
    // golevelup's default is to requeue: a message that always fails would come back for ever, at once.
    defaultSubscribeErrorBehavior: MessageHandlerErrorBehavior.NACK,
    defaultPublishOptions: publishOptions,
    enableDirectReplyTo: false,
    // Outages are logged by BrokerConnection, once each and with their reason.
    connectionInitOptions: { wait: false, skipConnectionFailedLogging: true, skipDisconnectFailedLogging: true },
    connectionManagerOptions: {
      heartbeatIntervalInSeconds: HEARTBEAT_S,
      reconnectTimeInSeconds: RECONNECT_S,
      connectionOptions: {
        timeout: CONNECT_TIMEOUT_MS,
        keepAlive: true,
        ...tlsOptions(configuration),
        clientProperties: { connection_name: connectionName(app) },
      },
    },
  };
}
