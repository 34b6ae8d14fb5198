import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppProcess } from '../../tools/apps/app-process';
import { repositoryRoot } from '../../tools/repository-root';
import { WholeSystem } from '../support/whole-system';
import { askRaw } from './raw-http';

const basic = (credentials: string) => `Authorization: Basic ${Buffer.from(credentials).toString('base64')}`;
const LONG = 'x'.repeat(65_536);

/** Whoever sends it gets this status: of the worker, of the dashboard without its credentials, and with them. */
type Statuses = [worker: number, stranger: number, user: number];

const requests: [what: string, request: string, statuses: Statuses][] = [
  ['a path that climbs', 'GET /static/../../../../../../etc/passwd', [404, 401, 404]],
  ['an encoded path that climbs', 'GET /static/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd', [404, 401, 404]],
  ['a path that climbs with backslashes', 'GET /static/..\\..\\..\\package.json', [404, 401, 404]],
  ['a way out of the open paths', 'GET /health/live/../../api/queues', [404, 401, 404]],
  ['an encoded way out of the open paths', 'GET /health/live%2f..%2f..%2fapi/queues', [404, 401, 404]],
  ['an open path after a hash', 'GET /api/queues#/health/live', [404, 401, 200]],
  ['an open path of another host', 'GET http://other.example/api/queues?/health/live', [404, 401, 200]],
  ['a path that cannot be decoded', 'GET /%zz', [400, 400, 400]],
  ['NUL in the path', 'GET /%00', [404, 401, 404]],
  ['a path that is not there', 'GET /nowhere', [404, 401, 404]],
  ['3,000 headers', `GET /health/live|${'a: b|'.repeat(3000)}c: d`, [200, 200, 200]],
  ['garbage for credentials', 'GET /|Authorization: Basic \xff\xfe====', [404, 401, 401]],
  ['a scheme that is not known', 'GET /|Authorization: Bearer ada', [404, 401, 401]],
  ['a forged host', 'GET /health/live|Host: evil.example"><script>', [200, 200, 200]],
  ['a forged origin', 'GET /|X-Forwarded-For: 127.0.0.1|X-Forwarded-Host: localhost', [404, 401, 200]],
  ['TRACE', 'TRACE /health/live|Cookie: told-back', [404, 405, 405]],
  ['OPTIONS', 'OPTIONS /health/live|Origin: http://evil.example', [404, 405, 405]],
  ['POST', 'POST /health/live|Content-Length: 0', [404, 405, 405]],
  ['two lengths', 'POST /health/live|Content-Length: 3|Transfer-Encoding: chunked', [400, 400, 400]],
  ['no HTTP at all', '\x16\x03\x01', [400, 400, 400]],
];

let system: WholeSystem;
let worker: AppProcess;
let dashboard: AppProcess;
beforeAll(async () => {
  system = await WholeSystem.prepare();
  const credentials = { BUDGETBUDDY_DASHBOARD_USERNAME: 'ada', BUDGETBUDDY_DASHBOARD_PASSWORD: 'correct horse' };
  const env = { ...system.env, ...credentials, BUDGETBUDDY_DASHBOARD_PORT: '0' };
  dashboard = AppProcess.spawn('dashboard', { env });
  [worker] = await Promise.all([system.start('worker'), dashboard.ready()]);
});
afterAll(async () => {
  await dashboard?.kill();
  await system?.end();
});

/** @param request its first line, without the version, and its headers, each after a bar. */
async function ask(app: AppProcess, request: string, ...headers: string[]): Promise<string> {
  const [line, ...own] = request.split('|');
  const host = own.some((header) => header.startsWith('Host:')) ? [] : ['Host: localhost'];
  return askRaw(
    app.address!,
    [`${line} HTTP/1.1`, ...host, ...own, ...headers, 'Connection: close', '', ''].join('\r\n'),
  );
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);

describe('an odd request', () => {
  it.each(requests)('with %s is answered, and nothing is told by it', async (_, request, statuses) => {
    const answers = [
      await ask(worker, request),
      await ask(dashboard, request),
      await ask(dashboard, request, basic('ada:correct horse')),
    ];
    expect(answers.map(statusOf)).toEqual(statuses);
    for (const answer of answers) {
      for (const secret of ['root:', 'told-back', 'evil.example', 'correct horse', repositoryRoot()]) {
        expect(answer).not.toContain(secret);
      }
    }
  });

  it.each([
    ['a path', `GET /${LONG}`],
    ['a header', `GET /health/live|X-Long: ${LONG}`],
  ])('with %s of 64 KB is refused, although its sender may still be writing when it is closed', async (_, request) => {
    for (const app of [worker, dashboard]) expect(await ask(app, request)).toMatch(/^$|^HTTP\/1\.1 431 /);
  });

  it('leaves both apps as they were', async () => {
    for (const app of [worker, dashboard]) expect(statusOf(await ask(app, 'GET /health/ready'))).toBe(200);
    for (const app of [worker, dashboard]) expect(app.tail()).not.toMatch(/"level":"(error|fatal)"/);
  });

  it('is logged, unless it asks for the health', () => {
    expect(worker.tail()).toContain('"url":"/nowhere"');
    expect(worker.tail()).not.toContain('"url":"/health');
  });
});
