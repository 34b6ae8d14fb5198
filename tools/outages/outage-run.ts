import { setTimeout as delay } from 'node:timers/promises';
import type { Difference } from '../faults/difference';
import type { SystemUnderTest } from '../faults/system-under-test';
import { type Backlog, backlogOf, taskTimes, waitingEvents } from './backlog';
import { judgeHealth, type HealthFindings, type OutageTimes } from './health-judgement';
import type { HealthWatch } from './health-watch';
import { LIMITS } from './limits';
import type { Outage } from './outage';
import { judgeProcesses } from './process-judgement';
import type { ProcessUse, ProcessWatch } from './process-watch';
import { checkPromise } from './promises';
import type { SteadyTraffic } from './steady-traffic';
import { strike } from './strike';

/** What one outage came to. */
export interface OutageResult {
  readonly outage: Outage;
  readonly times: OutageTimes;
  readonly health: HealthFindings;
  readonly use: ProcessUse;
  /** What the row of the table promises, as it was measured. */
  readonly promise: string;
  readonly differences: readonly Difference[];
}

/** What looks on. */
export interface Watches {
  readonly health: HealthWatch;
  readonly processes: ProcessWatch;
}

/** From telling of the budgets that are due during the outage until it begins, in ms; more for a longer one. */
const LEAD_MS = 2_500;
const LEAD_SHARE = 0.15;
const LOOK_INTERVAL_MS = 200;
/** What is not done by then is not waited for. */
const PATIENCE_MS = 120_000;

/** Has one outage happen while traffic flows, waits until all is done that it kept from being done, and judges it. */
export async function runOutage(
  system: SystemUnderTest,
  traffic: SteadyTraffic,
  { health, processes }: Watches,
  outage: Outage,
  { signal, onStruck }: { signal: AbortSignal; onStruck: () => void },
): Promise<OutageResult> {
  await allDone(system, traffic, Date.now(), signal);
  const begin = Date.now() + LEAD_MS + outage.forMs * LEAD_SHARE;
  await traffic.tellAhead(begin, begin + outage.forMs);
  await allDone(system, traffic, Date.now(), signal);
  await delay(Math.max(0, begin - Date.now()), undefined, { signal });

  const struckMs = Date.now();
  const end = await strike(system, outage);
  onStruck();
  await lasting(outage, end, signal);
  const waiting = outage.server === 'postgres' ? undefined : await waitingEvents(system);
  const healingMs = Date.now();
  await end();
  const endedMs = Date.now();
  const left = await allDone(system, traffic, endedMs, signal);
  const times: OutageTimes = { struckMs, healingMs, endedMs, recoveredMs: Date.now() };

  const budgets = traffic.budgets.filter(({ dueMs }) => dueMs >= struckMs - 5_000);
  const tasks = await taskTimes(
    system,
    budgets.map(({ story }) => story.budgetId),
  );
  const promise = checkPromise(outage, { budgets, tasks, waiting, times });
  const judged = judgeHealth(health.answers, outage, times);
  const use = processes.use({ fromMs: struckMs, toMs: times.recoveredMs });
  const differences = [
    ...judged.differences,
    ...promise.differences,
    ...judgeRecovery(outage, times, judged, left),
    ...judgeNotice(outage, judged),
    ...judgeProcesses(use, (times.recoveredMs - struckMs) / 1_000),
  ];
  return { outage, times, health: judged, use, promise: promise.words, differences };
}

/** On an interruption the outage ends at once: from a server that is frozen nobody takes leave. */
async function lasting({ forMs }: Outage, end: () => Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await delay(forMs, undefined, { signal });
  } catch (interruption) {
    await end();
    throw interruption;
  }
}

/** Resolves when everything is done that should have been done by that moment, and all apps are ready. */
async function allDone(
  system: SystemUnderTest,
  traffic: SteadyTraffic,
  byMs: number,
  signal: AbortSignal,
): Promise<Backlog | undefined> {
  const deadlineMs = Date.now() + PATIENCE_MS;
  for (;;) {
    signal.throwIfAborted();
    const backlog = await backlogOf(system, traffic.confirmedBy(byMs), byMs);
    if (Object.values(backlog).every((count) => count === 0) && (await allReady(system))) return undefined;
    if (Date.now() > deadlineMs) return backlog;
    await delay(LOOK_INTERVAL_MS, undefined, { signal });
  }
}

async function allReady({ apps }: SystemUnderTest): Promise<boolean> {
  const answers = await Promise.all(
    apps.map(async ({ address }) => {
      const response = await fetch(`${address}/health/ready`).catch(() => undefined);
      return response?.ok ?? false;
    }),
  );
  return answers.every(Boolean);
}

function judgeRecovery(
  { kind }: Outage,
  { endedMs, recoveredMs }: OutageTimes,
  { readyMs }: HealthFindings,
  left?: Backlog,
): Difference[] {
  const limitMs = LIMITS.recoveredMs + (kind === 'dropped' ? LIMITS.foundOutMs : 0);
  const tookMs = recoveredMs - endedMs;
  if (tookMs <= limitMs && !left) return [];
  const expected = `all apps ready and all done within ${limitMs} ms`;
  return [{ what: 'recovery takes too long', about: 'all that waited', expected, found: { tookMs, readyMs, left } }];
}

function judgeNotice({ kind, forMs }: Outage, { noticedMs = Infinity }: HealthFindings): Difference[] {
  const mayGoUnnoticed = kind === 'slow' || forMs < LIMITS.noticedMs;
  if (mayGoUnnoticed || noticedMs <= LIMITS.noticedMs) return [];
  const expected = `503 within ${LIMITS.noticedMs} ms`;
  return [{ what: 'readiness does not notice an outage in time', about: 'the apps', expected, found: noticedMs }];
}
