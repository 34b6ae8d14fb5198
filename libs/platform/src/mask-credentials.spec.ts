import { describe, expect, it } from 'vitest';
import { maskCredentials, maskCredentialsInLine, maskCredentialsInValue } from './mask-credentials';

describe('maskCredentials', () => {
  it.each([
    ['amqp://guest:guest@rabbitmq:5672//', 'amqp://guest:***@rabbitmq:5672//'],
    ['redis://:secret@redis/0', 'redis://:***@redis/0'],
    ['redis://token@redis/0', 'redis://***@redis/0'],
    ['amqp://a:1@x,amqp://b:2@y', 'amqp://a:***@x,amqp://b:***@y'],
    ['amqp://a:p@ss/w,or:d@x:5672//', 'amqp://a:***@x:5672//'],
    ['postgres://x/db?user=u&password=secret&sslmode=no', 'postgres://x/db?user=u&password=***&sslmode=no'],
    ['cannot reach postgres://u:p@x:1/db (refused)', 'cannot reach postgres://u:***@x:1/db (refused)'],
    ['redis://redis:6379/0', 'redis://redis:6379/0'],
    ['mail someone@example.org', 'mail someone@example.org'],
  ])('shows %s as %s', (text, shown) => {
    expect(maskCredentials(text)).toBe(shown);
  });
});

describe('maskCredentialsInLine', () => {
  it('leaves a line of JSON the same but for the password', () => {
    const line = JSON.stringify({ url: 'amqp://u:secret@h//', by: 'me@home', text: 'see "http://a:b@c"' });
    expect(JSON.parse(maskCredentialsInLine(line))).toEqual({
      url: 'amqp://u:***@h//',
      by: 'me@home',
      text: 'see "http://a:***@c"',
    });
  });
});

describe('maskCredentialsInValue', () => {
  it('masks a password with white space, which makes the URL none', () => {
    expect(maskCredentialsInValue('amqp://a:pass word@x, amqp://b:"2"@y')).toBe('amqp://a:***@x, amqp://b:***@y');
  });

  it.each([
    ['amqp//u:secret@h', '***@h'],
    ['u:sec@ret@h/v', '***@h/v'],
    ['localhost:5672', 'localhost:5672'],
  ])('shows %s, which has no scheme, as %s', (value, shown) => {
    expect(maskCredentialsInValue(value)).toBe(shown);
  });
});
