import { describe, expect, it } from 'vitest';
import { isLocal } from './local-request';

const asked = (remoteAddress: string | undefined, headers: Record<string, string> = { host: 'localhost:5555' }) =>
  isLocal({ remoteAddress, headers });

describe('a request is local', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('when it comes from %s', (address) => {
    expect(asked(address)).toBe(true);
  });

  it.each(['localhost', 'LocalHost:5555', '127.0.0.1:5555', '[::1]:5555'])('when it asks for %s', (host) => {
    expect(asked('127.0.0.1', { host })).toBe(true);
  });
});

describe('a request is not local', () => {
  it.each(['10.0.0.7', '172.18.0.1', '::ffff:10.0.0.7', '2001:db8::1', 'localhost', '', undefined])(
    'when it comes from %s',
    (address) => {
      expect(asked(address)).toBe(false);
    },
  );

  it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'evil.example:5555', 'x@localhost', ''])(
    'when it asks for %s (DNS rebinding)',
    (host) => {
      expect(asked('127.0.0.1', { host })).toBe(false);
    },
  );

  it('when it names no host', () => {
    expect(asked('127.0.0.1', {})).toBe(false);
  });

  it.each(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'])(
    'when a proxy passed it on and says so in %s',
    (header) => {
      expect(asked('127.0.0.1', { host: 'localhost', [header]: '127.0.0.1' })).toBe(false);
    },
  );
});
