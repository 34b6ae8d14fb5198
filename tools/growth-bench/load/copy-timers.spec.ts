import { expect, it } from 'vitest';
import { jobOf } from './copy-timers';

it('makes another task’s job of the one that the product has added', () => {
  const opts = { jobId: 'renew-a-1', timestamp: 1_000, delay: 500, attempts: 3 };
  const job = { name: 'renew', data: '{"key":"renew-a","revision":1}', opts: JSON.stringify(opts), delay: '500' };
  const template = { key: 'renew-a', id: 'renew-a-1', dueAtMs: 1_500, job };
  const copy = jobOf(template, { key: 'renew-b', dueAtMs: 1_700 });
  expect(copy.id).toBe('renew-b-1');
  expect(copy.job).toMatchObject({ name: 'renew', data: '{"key":"renew-b","revision":1}', delay: '700' });
  expect(JSON.parse(copy.job['opts']!)).toEqual({ ...opts, jobId: 'renew-b-1', delay: 700 });
});
