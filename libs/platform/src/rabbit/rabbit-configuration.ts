import { ArrayNotEmpty } from 'class-validator';
import { Variable } from '../configuration/variable';
import { parseBrokerUrls } from './broker-urls';

/** RabbitMQ: the carrier of domain events. */
export class RabbitConfiguration {
  @Variable('BUDGETBUDDY_RABBITMQ_URL', {
    description:
      'RabbitMQ, which carries the domain events: `amqp://user:password@host:port/vhost`, `amqps://` for TLS. ' +
      'No path, `/` and `//` mean the vhost `/`; several nodes are separated by commas.',
    default: 'amqp://guest:guest@rabbitmq:5672//',
    parse: parseBrokerUrls,
  })
  @ArrayNotEmpty()
  urls!: string[];
}
