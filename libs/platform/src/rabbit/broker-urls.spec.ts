import { describe, expect, it } from 'vitest';
import { parseBrokerUrls } from './broker-urls';

describe('parseBrokerUrls', () => {
  it.each([
    ['amqp://guest:guest@rabbitmq:5672//', 'amqp://guest:guest@rabbitmq:5672/%2F'],
    ['amqp://guest:guest@rabbitmq:5672/', 'amqp://guest:guest@rabbitmq:5672/%2F'],
    ['amqp://guest:guest@rabbitmq:5672', 'amqp://guest:guest@rabbitmq:5672/%2F'],
    ['amqp://guest:guest@rabbitmq:5672/%2F', 'amqp://guest:guest@rabbitmq:5672/%2F'],
    ['amqp://rabbitmq/budgets', 'amqp://rabbitmq/budgets'],
    ['amqp://rabbitmq//budgets', 'amqp://rabbitmq/%2Fbudgets'],
    ['amqps://[::1]:5671/a%20b?heartbeat=10', 'amqps://[::1]:5671/a%20b?heartbeat=10'],
  ])('reads %s as %s', (text, url) => {
    expect(parseBrokerUrls(text)).toEqual([url]);
  });

  it('takes whole URLs separated by commas', () => {
    expect(parseBrokerUrls('amqp://a:1@x:5672//, amqps://b:2@y/v')).toEqual([
      'amqp://a:1@x:5672/%2F',
      'amqps://b:2@y/v',
    ]);
  });

  it('takes hosts separated by commas, which share credentials and vhost', () => {
    expect(parseBrokerUrls('amqp://u:p,w@x:5672,y:5673/v')).toEqual(['amqp://u:p,w@x:5672/v', 'amqp://u:p,w@y:5673/v']);
  });

  it.each(['', 'rabbitmq', 'http://rabbitmq', 'amqp://', 'amqp:///v', 'amqp://x:port/', 'amqp://x/%'])(
    'refuses %j',
    (text) => {
      expect(() => parseBrokerUrls(text)).toThrow(/^a URL such as amqp:/);
    },
  );
});
