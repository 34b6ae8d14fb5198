import { isDeepStrictEqual } from 'node:util';
import { bodyOf, type Link, renewalKey } from './chains';
import type { Difference } from './difference';
import type { Evidence, TaskRow } from './evidence';

/** How far from the due time a timer may be, in ms: what the reconciler lets pass. */
const TIMER_TOLERANCE_MS = 1_000;

/** Everything there is to say against one budget: its row, its task, its renewal, the event of that, its timer. */
export function checkBudget(link: Link, timers: Evidence['timers']): Difference[] {
  const { expected, id } = link;
  // Told of at the budget whose renewal is missing.
  if (id === undefined) return [];
  return [
    ...checkRow(link),
    ...checkTask(link),
    ...checkRenewal(link),
    ...checkEvent(link),
    ...checkTimer(link, timers),
  ].map((difference) => ({ ...difference, about: id, context: contextOf(link, expected.story.kind) }));
}

type Finding = Pick<Difference, 'what' | 'expected' | 'found'>;

function checkRow({ expected, row, predecessor }: Link): Finding[] {
  if (!row) return [{ what: 'a budget is not stored', expected: 'a row in budgets.budget', found: 'none' }];
  const { terms, budgetId } = expected.story;
  const wanted = {
    user_id: terms.userId,
    name: terms.name,
    total_limit: String(terms.totalLimit),
    currency: terms.currency,
    categories: terms.categories,
    strategy: terms.rule.strategy,
    time_zone: terms.rule.zone,
    starts_ms: expected.period.start.epochMilliseconds,
    ends_ms: expected.period.end.epochMilliseconds,
    renewal_of: predecessor?.id ?? null,
    chain_id: budgetId,
  };
  const found = Object.fromEntries(Object.keys(wanted).map((name) => [name, row[name as keyof typeof wanted]]));
  if (isDeepStrictEqual(found, wanted)) return [];
  return [{ what: 'a budget is stored with other terms', expected: wanted, found }];
}

function checkTask({ expected, task }: Link): Finding[] {
  if (!task) return [{ what: 'a budget has no task', expected: `a task that is ${expected.renewal}`, found: 'none' }];
  const findings: Finding[] = [];
  if (task.status !== expected.renewal) {
    findings.push({ what: `a task is not ${expected.renewal}`, expected: expected.renewal, found: task });
  }
  if (task.due_ms !== expected.dueAt.epochMilliseconds) {
    const found = new Date(task.due_ms).toISOString();
    findings.push({ what: 'a task is due at another time', expected: expected.dueAt.toString(), found });
  }
  const runs = outcomesOf(task);
  const wantedRuns = task.status === 'succeeded' ? ['succeeded'] : [];
  if (!isDeepStrictEqual(runs, wantedRuns)) {
    findings.push({ what: 'a task has other attempts in its history', expected: wantedRuns, found: task.history });
  }
  if (task.status === 'cancelled' && !task.reason?.startsWith('deactivated on ')) {
    findings.push({ what: 'a task is cancelled for another reason', expected: 'deactivated on …', found: task.reason });
  }
  return findings;
}

function outcomesOf({ history }: TaskRow): (string | undefined)[] {
  return history.filter(({ what }) => what === 'attempt').map(({ outcome }) => outcome);
}

function checkRenewal({ expected, successors, task }: Link): Finding[] {
  const wanted = expected.renewal === 'succeeded' ? 1 : 0;
  const found = successors.map(({ id }) => id);
  if (found.length > wanted) {
    const what = wanted === 0 ? 'a budget is renewed that must not be' : 'a budget is renewed twice';
    return [{ what, expected: `${wanted} successor(s)`, found }];
  }
  if (found.length < wanted)
    return [{ what: 'a renewal is missing', expected: '1 successor', found: task ?? 'no task' }];
  if (wanted === 1 && task?.result?.renewed_budget_id !== found[0]) {
    return [{ what: "a task's result names another successor", expected: found[0], found: task?.result }];
  }
  return [];
}

function checkEvent({ expected, successors, events }: Link): Finding[] {
  if (expected.renewal !== 'succeeded') {
    if (events.length === 0) return [];
    return [{ what: 'an event tells of a renewal that must not be', expected: 'none', found: events.map(bodyOf) }];
  }
  const [successor] = successors;
  if (events.length === 0) {
    return [{ what: 'the event of a renewal is lost', expected: `BudgetRenewed of ${successor?.id}`, found: 'none' }];
  }
  const ids = [...new Set(events.map(({ messageId }) => messageId))];
  if (ids.length > 1) return [{ what: 'the event of a renewal has several message ids', expected: '1 id', found: ids }];
  const told = [...new Set(events.map((event) => String(bodyOf(event)['budget_id'])))];
  if (!isDeepStrictEqual(told, [successor?.id])) {
    return [{ what: 'an event tells of another successor', expected: successor?.id, found: told }];
  }
  return [];
}

function checkTimer({ expected, id, task }: Link, timers: Evidence['timers']): Finding[] {
  if (expected.renewal !== 'scheduled' || !task) return [];
  const jobId = `${renewalKey(id!)}-${task.revision}`;
  const timer = timers.get(jobId);
  const dueMs = expected.dueAt.epochMilliseconds;
  const data = JSON.stringify({ key: renewalKey(id!), revision: task.revision });
  const wanted = { jobId, dueMs, data };
  if (!timer) return [{ what: 'a scheduled task has no timer', expected: wanted, found: 'none' }];
  if (Math.abs(timer.dueMs - dueMs) > TIMER_TOLERANCE_MS || timer.data !== data) {
    return [{ what: 'a timer is not as its task wants it', expected: wanted, found: timer }];
  }
  return [];
}

function contextOf({ expected, task, row }: Link, kind: string) {
  const { generation, dueAt, story } = expected;
  return { story: kind, generation, dueAt: dueAt.toString(), publications: story.publications, task, row };
}
