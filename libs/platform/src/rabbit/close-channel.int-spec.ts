import { expect, it } from 'vitest';
import { TcpProxy } from '../../../../tools/tcp-proxy';
import { loadConfiguration } from '../configuration/load-configuration';
import { closeChannel } from './close-channel';
import { connectToBroker } from './connect-to-broker';
import { RabbitConfiguration } from './rabbit-configuration';

const [url = ''] = loadConfiguration([RabbitConfiguration]).get(RabbitConfiguration).urls;

it('closes a channel', async () => {
  const broker = await connectToBroker({ urls: [url] });
  await closeChannel(await broker.createChannel());
  await broker.close();
});

it('does not wait for ever for a broker whose connection is lost in between', async () => {
  const proxy = new TcpProxy(new URL(url));
  await proxy.open();
  const broker = await connectToBroker({ urls: [proxy.url] });
  const channel = await broker.createChannel();
  proxy.drop();
  const closing = closeChannel(channel);
  await proxy.cut();
  await expect(closing).rejects.toThrow('the connection was lost');
});
