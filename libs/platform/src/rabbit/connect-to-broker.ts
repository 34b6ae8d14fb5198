import { type ChannelModel, connect } from 'amqplib';
import { describeError } from '../describe-error';
import { maskCredentials } from '../mask-credentials';
import { type TlsFiles, tlsOptions } from '../tls/tls-files';

/** What of the configuration tells where RabbitMQ is. */
export interface BrokerAddress extends TlsFiles {
  readonly urls: readonly string[];
}

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Connects to the first node that answers, once: for tools and tests. Apps have golevelup's connection, which comes
 * back by itself.
 * @throws Error that says of each node why it did not answer.
 */
export async function connectToBroker(address: BrokerAddress): Promise<ChannelModel> {
  const reasons: string[] = [];
  for (const url of address.urls) {
    try {
      const connection = await connect(url, { timeout: CONNECT_TIMEOUT_MS, ...tlsOptions(address) });
      // What is lost with the connection is told by whoever waits for an answer.
      connection.on('error', () => undefined);
      return connection;
    } catch (error) {
      reasons.push(`RabbitMQ at ${maskCredentials(url)} cannot be reached: ${describeError(error)}`);
    }
  }
  throw new Error(reasons.join('\n'));
}
