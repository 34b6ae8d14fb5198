import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { PatientPublisher } from './patient-publisher';
import { Traffic } from './traffic';

const warnings: string[] = [];
const keep = ({ message }: Error) => void warnings.push(message);

beforeEach(() => process.on('warning', keep));
afterEach(() => process.off('warning', keep));

it('has thousands of publications wait for their time, and no warning printed into the report', async () => {
  const publications = Array.from({ length: 2_000 }, (_, number) => ({
    id: `budget-${number}`,
    atMs: number / 20,
    event: 'BudgetCreated',
    body: {},
  }));
  const publish = async (id: string) => ({ messageIds: [`${id}/1`], confirmedAtMs: Date.now() });
  const traffic = new Traffic({ publish } as unknown as PatientPublisher, publications);
  await traffic.run(Date.now() + 50, new AbortController().signal);
  await delay(0);
  expect(traffic.confirmations.size).toBe(publications.length);
  expect(warnings).toEqual([]);
});
