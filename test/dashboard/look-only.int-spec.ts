import { appRoutes } from '@bull-board/api/dist/routes.js';
import { waitFor } from '@budget-buddy/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BareBoard } from './bare-board';
import { DashboardProcess } from './dashboard-process';
import { type Contents, DELAYED_JOB, FilledQueue, QUEUE } from './filled-queue';

interface Call {
  method: string;
  path: string;
}

const JOBS = [DELAYED_JOB, 'waiting-job', 'failed-job', 'completed-job'];
const STATUSES = ['delayed', 'wait', 'waiting', 'paused', 'active', 'failed', 'completed'];

/** bull-board's own list of routes, so that those of a later version are called too. */
const calls: Call[] = appRoutes.api.flatMap(({ method, route }) =>
  [method]
    .flat()
    .flatMap((each) => [route].flat().flatMap((path) => paths(path).map((filled) => ({ method: each, path: filled })))),
);
const reading = calls.filter(({ method }) => method === 'get');
const changing = calls.filter(({ method }) => method !== 'get');
const label = ({ method, path }: Call) => `${method.toUpperCase()} ${path}`;

/** What each of the routes takes, all at once; they pick what they know. */
const body = JSON.stringify({
  ...{ name: 'budget_renewal_task', data: {}, options: {}, jobData: { stolen: true }, force: true },
  ...{ runAt: Date.now(), priority: 1, concurrency: 1, max: 1, duration: 1, every: 1000 },
});

let queue: FilledQueue;
let before: Contents;

beforeAll(async () => {
  queue = await FilledQueue.create();
  before = await queue.contents();
});

afterAll(() => queue.remove());

describe('the dashboard', () => {
  let dashboard: DashboardProcess;

  beforeAll(async () => {
    dashboard = await DashboardProcess.startReady({ BUDGETBUDDY_REDIS_PREFIX: queue.prefix });
  });

  afterAll(() => dashboard.terminate());

  it.each(changing.map((call) => [label(call), call] as const))(
    'refuses %s and changes nothing',
    async (_label, call) => {
      const response = await send(dashboard.url(), call);
      expect(response.status).toBe(405);
      expect(await queue.contents()).toEqual(before);
    },
  );

  it('refuses methods that bull-board has no route for', async () => {
    for (const method of ['post', 'put', 'patch', 'delete']) {
      expect(await send(dashboard.url(), { method, path: '/' })).toMatchObject({ status: 405 });
    }
  });

  it('is not fooled by a header that names another method', async () => {
    const headers = { 'X-HTTP-Method-Override': 'PUT', 'X-HTTP-Method': 'PUT' };
    await dashboard.get(`/api/queues/${QUEUE}/promote?_method=PUT`, headers);
    expect(await queue.contents()).toEqual(before);
  });

  it('changes nothing by looking', async () => {
    for (const { path } of reading) expect((await dashboard.get(path)).status, path).toBeLessThan(500);
    expect(await queue.contents()).toEqual(before);
  });

  it('shows every queue as one that cannot be changed', async () => {
    const { queues } = (await (await dashboard.get('/api/queues')).json()) as { queues: unknown };
    const expected = { name: QUEUE, readOnlyMode: true, allowRetries: false, allowCompletedRetries: false };
    expect(queues).toMatchObject([{ ...expected, counts: { delayed: 1, waiting: 1, failed: 1, completed: 1 } }]);
  });

  it('leaves a delayed job delayed when it is due: to promote is for workers', async () => {
    const due = Date.now() + 50;
    await queue.delay('due-job', 50);
    await waitFor(() => Date.now() > due + 100);
    for (const { path } of reading) await dashboard.get(path);
    expect(await queue.stateOf('due-job')).toBe('delayed');
    before = await queue.restore(before);
  });
});

describe('bull-board by itself', () => {
  it('refuses every route that changes a queue in read-only mode', async () => {
    const changed = await routesThatChange({ readOnlyMode: true });
    expect(changed).toEqual([]);
  });

  it('would promote, remove and empty without it, which is what the tests above would see', async () => {
    const changed = await routesThatChange({ readOnlyMode: false });
    expect(changed).toEqual(
      expect.arrayContaining([
        `PUT /api/queues/${QUEUE}/promote`,
        `PUT /api/queues/${QUEUE}/empty`,
        `PUT /api/queues/${QUEUE}/pause`,
        `PUT /api/queues/${QUEUE}/clean/delayed`,
        `PUT /api/queues/${QUEUE}/retry/failed`,
        `POST /api/queues/${QUEUE}/add`,
        `PUT /api/queues/${QUEUE}/${DELAYED_JOB}/promote`,
        `PUT /api/queues/${QUEUE}/${DELAYED_JOB}/clean`,
        `PATCH /api/queues/${QUEUE}/${DELAYED_JOB}/update-data`,
      ]),
    );
  });
});

/** Calls each route of a board of its own on the same contents. */
async function routesThatChange(options: { readOnlyMode: boolean }): Promise<string[]> {
  const board = await BareBoard.serve(queue.prefix, options);
  const changed: string[] = [];
  for (const call of changing) {
    await send(board.url, call);
    const after = await queue.contents();
    if (!isSame(after, before)) changed.push(label(call));
    before = await queue.restore(before);
  }
  await board.close();
  return changed;
}

function isSame(one: Contents, other: Contents): boolean {
  return JSON.stringify([...one]) === JSON.stringify([...other]);
}

function send(url: string, { method, path }: Call): Promise<Response> {
  const headers = { 'Content-Type': 'application/json' };
  return fetch(new URL(path, url), { method: method.toUpperCase(), headers, body });
}

function paths(route: string): string[] {
  const named = route.replace(':queueName', QUEUE).replace(':schedulerId', 'some-scheduler');
  if (named.includes(':jobId')) return JOBS.map((job) => named.replace(':jobId', job));
  if (named.includes(':queueStatus')) return STATUSES.map((status) => named.replace(':queueStatus', status));
  return [named];
}
