import { ArrayNotEmpty } from 'class-validator';
import { Variable } from '../configuration/variable';
import type { TlsFiles } from '../tls/tls-files';
import { TlsVariable } from '../tls/tls-variable';
import { parseBrokerUrls } from './broker-urls';

const usesTls = {
  // One node without TLS would be spoken to in the clear.
  test: ({ urls }: RabbitConfiguration) => urls?.every((url) => url.startsWith('amqps:')) ?? true,
  hint: 'BUDGETBUDDY_RABBITMQ_URL with amqps:// for all nodes',
};

/** RabbitMQ: the carrier of domain events. */
export class RabbitConfiguration implements TlsFiles {
  @Variable('BUDGETBUDDY_RABBITMQ_URL', {
    description:
      'RabbitMQ, which carries the domain events: `amqp://user:password@host:port/vhost`, `amqps://` for TLS. ' +
      'No path, `/` and `//` mean the vhost `/`. Several nodes of a cluster are separated by commas, as whole URLs or as ' +
      'hosts within one: an app connects to the first that answers.',
    default: 'amqp://guest:guest@rabbitmq:5672//',
    parse: parseBrokerUrls,
  })
  @ArrayNotEmpty()
  urls!: string[];

  @TlsVariable<RabbitConfiguration>('BUDGETBUDDY_RABBITMQ_TLS_CA', usesTls)
  tlsCa?: string;

  @TlsVariable<RabbitConfiguration>('BUDGETBUDDY_RABBITMQ_TLS_CERT', usesTls)
  tlsCert?: string;

  @TlsVariable<RabbitConfiguration>('BUDGETBUDDY_RABBITMQ_TLS_KEY', usesTls)
  tlsKey?: string;
}
