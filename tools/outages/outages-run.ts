import { setTimeout as delay } from 'node:timers/promises';
import { Temporal } from 'temporal-polyfill';
import { audit, type Input } from '../faults/audit';
import type { Difference } from '../faults/difference';
import { readLedger, readTimers } from '../faults/evidence';
import { expectedOf } from '../faults/model';
import { AUDIT_QUEUE, DEAD_LETTERS, EXCHANGE, HEARD, TIMERS } from '../faults/names';
import { PatientPublisher } from '../faults/patient-publisher';
import { checkProcesses } from '../faults/process-checks';
import { hearing, QueueRecorder, taking } from '../faults/queue-recorder';
import type { SystemUnderTest } from '../faults/system-under-test';
import { HealthWatch } from './health-watch';
import { LIMITS } from './limits';
import { describeOutage } from './outage';
import { type OutageResult, runOutage } from './outage-run';
import type { OutagesOptions } from './outages-options';
import { ProcessWatch } from './process-watch';
import { describeResult } from './outages-table';
import { SteadyTraffic } from './steady-traffic';

/** What a run of outages came to. */
export interface OutagesOutcome {
  readonly results: readonly OutageResult[];
  readonly budgets: number;
  readonly renewals: number;
  /** Of each outage, and of the audit of everything at the end. */
  readonly differences: readonly Difference[];
}

/** After the last outage, until the audit has to find nothing any more. */
const PATIENCE_MS = 30_000;
const LOOK_INTERVAL_MS = 1_000;

/** Has one outage after the other happen to a system while traffic flows, and audits everything in the end. */
export class OutagesRun {
  private readonly heard: QueueRecorder;
  private readonly deadLetters: QueueRecorder;
  private readonly publisher: PatientPublisher;

  constructor(
    private readonly system: SystemUnderTest,
    private readonly options: OutagesOptions,
    private readonly print: (line: string) => void,
  ) {
    this.heard = new QueueRecorder(system.brokerUrl, hearing(EXCHANGE, AUDIT_QUEUE, HEARD));
    this.deadLetters = new QueueRecorder(system.brokerUrl, taking(DEAD_LETTERS));
    this.publisher = new PatientPublisher(system.brokerUrl, EXCHANGE);
  }

  /** @throws the signal's reason. */
  async run(signal: AbortSignal): Promise<OutagesOutcome> {
    await Promise.all([this.heard.start(), this.deadLetters.start()]);
    const traffic = new SteadyTraffic(this.options.seed, this.publisher, signal);
    const watches = { health: new HealthWatch(this.system.apps), processes: new ProcessWatch(this.system.apps) };
    try {
      traffic.start();
      const results: OutageResult[] = [];
      for (const outage of this.options.outages) {
        this.print(describeOutage(outage));
        const result = await runOutage(this.system, traffic, watches, outage, {
          signal,
          onStruck: () => this.print(`  ${outage.server} is ${outage.kind}`),
        });
        this.print(`  ${describeResult(result)}`);
        results.push(result);
      }
      await traffic.end();
      return await this.settle(traffic, results, signal);
    } finally {
      watches.processes.stop();
      await watches.health.stop();
      await Promise.all([this.heard.stop(), this.deadLetters.stop(), this.publisher.close()]);
    }
  }

  /** Audits until nothing is left to be said, or nothing more is to be expected. */
  private async settle(traffic: SteadyTraffic, results: OutageResult[], signal: AbortSignal): Promise<OutagesOutcome> {
    const lastDueMs = Math.max(...traffic.budgets.map(({ dueMs }) => dueMs));
    await delay(Math.max(0, lastDueMs - Date.now()), undefined, { signal });
    const input = inputOf(traffic, results, lastDueMs);
    const deadlineMs = Date.now() + PATIENCE_MS;
    for (;;) {
      signal.throwIfAborted();
      const { differences, links } = audit(input, await this.evidence());
      if (differences.length === 0 || Date.now() > deadlineMs) {
        const renewals = links.filter(({ expected }) => expected.renewal === 'succeeded').length;
        const all = [
          ...results.flatMap((result) => result.differences),
          ...differences,
          ...checkProcesses(this.system.apps),
        ];
        return { results, budgets: traffic.budgets.length, renewals, differences: all };
      }
      await delay(LOOK_INTERVAL_MS, undefined, { signal });
    }
  }

  private async evidence() {
    const { postgres, redis } = this.system.servers;
    const timers = await readTimers(redis.url, TIMERS);
    const ledger = await readLedger(postgres.url);
    return { ...ledger, timers, events: [...this.heard.messages], deadLetters: [...this.deadLetters.messages] };
  }
}

function inputOf({ budgets, confirmations }: SteadyTraffic, results: readonly OutageResult[], endMs: number): Input {
  const end = Temporal.Instant.fromEpochMilliseconds(endMs);
  return {
    chains: budgets.map(({ story }) => expectedOf(story, end)),
    invalid: [],
    confirmations,
    faults: results.map(({ times }) => ({ fromMs: times.struckMs, toMs: times.recoveredMs })),
    recoveryMs: LIMITS.recoveredMs,
    onTimeMs: LIMITS.doneMs,
    toldBeforeMs: 0,
  };
}
