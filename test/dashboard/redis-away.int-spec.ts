import { waitFor } from '@budget-buddy/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DashboardProcess } from './dashboard-process';
import { TcpProxy } from '../../tools/tcp-proxy';

const BROWSER = { accept: 'text/html' };

describe('while Redis is away', () => {
  const redis = new TcpProxy(new URL(process.env['BUDGETBUDDY_REDIS_URL'] ?? ''));
  let dashboard: DashboardProcess;

  beforeAll(async () => {
    await redis.reserve();
    dashboard = await DashboardProcess.start({ BUDGETBUDDY_REDIS_URL: redis.url });
  });

  afterAll(async () => {
    await dashboard.terminate();
    await redis.cut();
  });

  it('the dashboard starts, and its page says what is wrong', async () => {
    const page = await dashboard.get('/', BROWSER);
    expect(page.status).toBe(503);
    expect(page.headers.get('retry-after')).toBe('5');
    expect(await page.text()).toContain('Redis does not answer');
  });

  it('its API says so too, as JSON', async () => {
    const response = await dashboard.get('/api/queues');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: 'Redis does not answer' });
  });

  it('it is live, and neither well nor ready', async () => {
    expect((await dashboard.get('/health/live')).status).toBe(200);
    expect((await dashboard.get('/health/ready')).status).toBe(503);
    const healthcheck = await dashboard.get('/healthcheck');
    expect(healthcheck.status).toBe(503);
    expect(await healthcheck.text()).not.toContain(new URL(redis.url).port);
  });

  it('it shows the queues by itself once Redis is there', async () => {
    await redis.open();
    await waitFor(async () => (await dashboard.get('/api/queues')).ok, { description: 'the queues to be shown' });
    expect((await dashboard.get('/healthcheck')).status).toBe(200);
  });

  it('it survives that Redis goes and comes back', async () => {
    await redis.cut();
    await waitFor(async () => (await dashboard.get('/', BROWSER)).status === 503);
    await redis.open();
    await waitFor(async () => (await dashboard.get('/', BROWSER)).status === 200);
  });

  it('it does not wait for one that is frozen', async () => {
    redis.freeze();
    const answers = Promise.all(['/', '/api/queues', '/healthcheck'].map((path) => dashboard.get(path)));
    expect((await answers).map(({ status }) => status)).toEqual([503, 503, 503]);
  });

  it('it ends on SIGTERM with exit code 0', async () => {
    expect(await dashboard.terminate()).toBe(0);
  });
});

describe('with Redis there', () => {
  it('the dashboard ends on SIGTERM with exit code 0', async () => {
    const dashboard = await DashboardProcess.startReady({});
    expect(await dashboard.terminate()).toBe(0);
  });
});
