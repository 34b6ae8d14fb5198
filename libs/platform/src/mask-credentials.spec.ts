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
    ['host=x password=secret dbname=y', 'host=x password=*** dbname=y'],
    ['cannot reach postgres://u:p@x:1/db (refused)', 'cannot reach postgres://u:***@x:1/db (refused)'],
    ['amqp://a:p%40s%3As@x', 'amqp://a:***@x'],
    ['http://x/?to=amqp%3A%2F%2Fa%3As%3Ae%40cret%40y%2F&b=1', 'http://x/?to=amqp%3A%2F%2Fa%3A***%40y%2F&b=1'],
    ['http://a:b@x/node_modules/@nestjs/core/i.js', 'http://a:***@x/node_modules/@nestjs/core/i.js'],
    ['file:///srv/amqp://a:b@x', 'file:///srv/amqp://a:***@x'],
    ['redis://redis:6379/0', 'redis://redis:6379/0'],
    ['mail someone@example.org', 'mail someone@example.org'],
  ])('shows %s as %s', (text, shown) => {
    expect(maskCredentials(text)).toBe(shown);
  });

  it.each([
    'at run (file:///home/me@work/app/node_modules/@nestjs/core/index.js:1:2)\n at file:///srv/app@2/main.js:3:4',
    'at run (http://localhost:1/node_modules/@nestjs/core/index.js:1:2)',
  ])('leaves the paths of a stack as they are: %s', (stack) => {
    expect(maskCredentials(stack)).toBe(stack);
    expect(JSON.parse(maskCredentialsInLine(JSON.stringify({ stack })))).toEqual({ stack });
  });
});

describe('a text of any length', () => {
  it.each(['a', 'a@', ',', '%3A%2F%2F', 'x://', 'x://a:b@,'])('takes no more than its share of time: %s…', (part) => {
    const timeOf = (count: number) => {
      const text = `amqp://u:p@h ${part.repeat(count)}`;
      const startedMs = performance.now();
      maskCredentials(text);
      maskCredentialsInLine(text);
      return performance.now() - startedMs;
    };
    expect(timeOf(10_000)).toBeLessThan(1_000);
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

describe('maskCredentialsInLine, where a line holds more than plain URLs', () => {
  it.each([
    ['a quotation mark in a password', JSON.stringify({ url: 'amqp://u:sec"ret@h' }), '{"url":"amqp://u:***@h"}'],
    ['a backslash in a password', JSON.stringify({ url: 'amqp://u:sec\\ret@h' }), '{"url":"amqp://u:***@h"}'],
    ['no URL but a query', '{"url":"/?token=secret&a=1"}', '{"url":"/?token=***&a=1"}'],
    ['escaped slashes', '{"url":"amqp:\\/\\/u:secret@h\\/"}', '{"url":"amqp:\\/\\/u:***@h\\/"}'],
  ])('masks %s', (_, line, shown) => {
    expect(maskCredentialsInLine(line)).toBe(shown);
  });

  it('masks what is in JSON in JSON, and nothing beside it', () => {
    const inner = (password: string) =>
      JSON.stringify({ url: `amqp://u:${password}@h`, at: 'redis://r/0', mail: 'me@home', list: ['http://x', 'y@z'] });
    const line = JSON.stringify({ text: inner('secret') });
    expect(maskCredentialsInLine(line)).toBe(JSON.stringify({ text: inner('***') }));
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

describe('maskCredentialsInLine, where something is called a password', () => {
  it.each([
    ['at the top', { password: 'secret', by: 'me' }, { password: '***', by: 'me' }],
    ['deep down', { a: [{ options: { password: 'sec"ret' } }] }, { a: [{ options: { password: '***' } }] }],
    ['that is no text', { password: { is: ['secret'] }, n: 1 }, { password: '***', n: 1 }],
    ['beside a URL', { password: 1, url: 'amqp://u:secret@h' }, { password: '***', url: 'amqp://u:***@h' }],
  ])('masks one %s', (_, line, masked) => {
    expect(maskCredentialsInLine(`${JSON.stringify(line)}\n`)).toBe(`${JSON.stringify(masked)}\n`);
  });
});
