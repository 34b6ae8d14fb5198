import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DashboardProcess } from './dashboard-process';

const PROTECTED = [
  '/',
  '/api/queues',
  '/api/redis/stats',
  '/static/favicon.ico',
  '/queue/budget_renewal_queue',
  '/nowhere',
];
const OPEN = ['/healthcheck', '/health/live', '/health/ready'];
const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

let dashboard: DashboardProcess;
afterAll(() => dashboard.terminate());

describe('a dashboard without credentials', () => {
  beforeAll(async () => {
    dashboard = await DashboardProcess.startReady({ BUDGETBUDDY_HTTP_HOST: '0.0.0.0' });
    return () => dashboard.terminate();
  });

  it('is open to a browser on its machine', async () => {
    const response = await ask('127.0.0.1', '/', { host: `localhost:${dashboard.port}` });
    expect(response.status).toBe(200);
    expect(response.body).toContain('<div id="root">');
  });

  it.skipIf(!ownAddress).each(PROTECTED)('is closed at %s to one that comes over the network', async (path) => {
    const response = await ask(ownAddress ?? '', path, { host: `localhost:${dashboard.port}` });
    expect(response.status).toBe(403);
  });

  it.each(PROTECTED)('is closed at %s to a page that only pretends to be local (DNS rebinding)', async (path) => {
    expect((await ask('127.0.0.1', path, { host: 'evil.example' })).status).toBe(403);
  });

  it('is closed to what a proxy passes on', async () => {
    const headers = { host: 'localhost', 'x-forwarded-for': '203.0.113.9' };
    expect((await ask('127.0.0.1', '/', headers)).status).toBe(403);
  });

  it('says on the refused page which variables open it', async () => {
    const { body, headers } = await ask('127.0.0.1', '/', { host: 'evil.example', accept: 'text/html' });
    expect(headers['content-type']).toContain('text/html');
    expect(body).toContain('This dashboard is closed');
    expect(body).toContain('BUDGETBUDDY_DASHBOARD_USERNAME and BUDGETBUDDY_DASHBOARD_PASSWORD');
  });

  it('says once in its log that it is closed to others', () => {
    expect(dashboard.log.match(/open to browsers on this machine and closed to all others/g)).toHaveLength(1);
  });

  it.skipIf(!ownAddress).each(OPEN)('tells everyone of its health at %s', async (path) => {
    expect((await ask(ownAddress ?? '', path, { host: 'budgets.example' })).status).toBe(200);
  });
});

describe('a dashboard with credentials', () => {
  const basic = (credentials: string) => ({ authorization: `Basic ${Buffer.from(credentials).toString('base64')}` });

  beforeAll(async () => {
    const credentials = { BUDGETBUDDY_DASHBOARD_USERNAME: 'ada', BUDGETBUDDY_DASHBOARD_PASSWORD: 'correct horse' };
    dashboard = await DashboardProcess.startReady({ ...credentials, BUDGETBUDDY_HTTP_HOST: '0.0.0.0' });
  });

  it.each(PROTECTED)('asks everyone for them at %s, also on its own machine', async (path) => {
    const { status, headers } = await ask('127.0.0.1', path, { host: 'localhost' });
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Basic realm="Budget Buddy Tasks", charset="UTF-8"');
  });

  it('refuses wrong ones', async () => {
    expect((await ask('127.0.0.1', '/', basic('ada:wrong horse'))).status).toBe(401);
  });

  it.skipIf(!ownAddress)('opens to those who have them, wherever they are', async () => {
    const { status, headers } = await ask(ownAddress ?? '', '/', {
      ...basic('ada:correct horse'),
      host: 'budgets.example',
    });
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('tells its health without them', async () => {
    expect(await ask('127.0.0.1', '/healthcheck')).toMatchObject({ status: 200, body: 'ok' });
  });

  it('writes neither its password nor a header that carries it to its log', () => {
    expect(dashboard.log).not.toContain('correct horse');
    expect(dashboard.log).not.toContain(basic('ada:correct horse').authorization.slice('Basic '.length));
  });
});

interface Answer {
  status: number | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Not fetch(): it sets the Host header by itself. */
async function ask(address: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const outgoing = request({ host: address, port: dashboard.port, path, headers }).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}
