import type { RunTimes } from './run-times';
import { SeededRandom } from './seeded-random';
import type { InvalidMessage } from './story';

/** More than the 262,144 bytes that an event may have. */
const TOO_LARGE = 300_000;

type Form = (random: SeededRandom) => Pick<InvalidMessage, 'event' | 'body' | 'reason'>;

const FORMS: readonly Form[] = [
  () => ({ event: 'BudgetCreated', body: Buffer.from('{"budget_id": "cut off in the mid'), reason: 'invalid' }),
  () => ({ event: 'BudgetCreated', body: Buffer.from([0xff, 0xfe, 0x00, 0x7b]), reason: 'invalid' }),
  () => ({ event: 'BudgetCreated', body: ['no', 'object'], reason: 'invalid' }),
  (random) => ({ event: 'BudgetCreated', body: { ...created(random), total_limit: 'plenty' }, reason: 'invalid' }),
  (random) => ({
    event: 'BudgetCreated',
    body: { ...created(random), start_date: '2027-02-30T00:00:00Z' },
    reason: 'invalid',
  }),
  (random) => ({ event: 'BudgetDeactivated', body: { budget_id: random.uuid() }, reason: 'invalid' }),
  (random) => ({
    event: 'BudgetCreated',
    body: { ...created(random), note: 'x'.repeat(TOO_LARGE) },
    reason: 'oversized',
  }),
];

/** Messages that must end among the dead letters, each with its reason: the same for the same seed. */
export function invalidMessages(seed: string, count: number, { untilMs }: RunTimes): InvalidMessage[] {
  const random = new SeededRandom(`${seed}/invalid`);
  return Array.from({ length: count }, (_, index) => ({
    id: `invalid-${index + 1}`,
    atMs: random.integer(0, untilMs),
    ...FORMS[index % FORMS.length]!(random),
  }));
}

function created(random: SeededRandom): Record<string, unknown> {
  return {
    budget_id: random.uuid(),
    user_id: random.uuid(),
    name: 'Groceries',
    total_limit: 50_000,
    strategy: 'monthly',
    start_date: '2027-01-31T00:00:00Z',
  };
}
