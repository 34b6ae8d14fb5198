import { describe, expect, it } from 'vitest';
import { Credentials } from './credentials';
import { decideAccess } from './decide-access';

const credentials = new Credentials('ada', 'secret');
const authorization = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
const local = { remoteAddress: '127.0.0.1', headers: { host: 'localhost:5555' } };
const remote = { remoteAddress: '10.0.0.7', headers: { host: 'budgets.example' } };

describe('without credentials set', () => {
  it('the dashboard is open to local requests', () => {
    expect(decideAccess('/', local, undefined)).toBe('grant');
  });

  it.each([
    '/',
    '/api/queues',
    '/static/js/main.js',
    '/healthcheck/',
    '/HEALTHCHECK',
    '//healthcheck',
    '/health/live/x',
  ])('it is closed to all others at %s, whatever they send', (path) => {
    expect(decideAccess(path, remote, undefined)).toBe('closed');
    expect(decideAccess(path, { ...remote, headers: { ...remote.headers, authorization } }, undefined)).toBe('closed');
  });
});

describe('with credentials set', () => {
  it('it asks everyone for them, local requests included', () => {
    expect(decideAccess('/', local, credentials)).toBe('ask');
    expect(decideAccess('/', remote, credentials)).toBe('ask');
  });

  it('it opens to those who have them', () => {
    expect(decideAccess('/', { ...remote, headers: { authorization } }, credentials)).toBe('grant');
  });
});

describe('the state of health', () => {
  it.each(['/healthcheck', '/health/live', '/health/ready'])('is open to all at %s', (path) => {
    expect(decideAccess(path, remote, undefined)).toBe('grant');
    expect(decideAccess(path, remote, credentials)).toBe('grant');
  });
});
