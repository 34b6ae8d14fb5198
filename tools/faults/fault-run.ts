import { setTimeout as delay } from 'node:timers/promises';
import { audit, type Findings, type Input } from './audit';
import type { Difference } from './difference';
import { type Evidence, readLedger, readTimers } from './evidence';
import { FaultInjector } from './fault-injector';
import type { FaultsOptions } from './faults-options';
import { AUDIT_QUEUE, DEAD_LETTERS, EXCHANGE, HEARD, TIMERS } from './names';
import { PatientPublisher } from './patient-publisher';
import { checkProcesses, processDifferences } from './process-checks';
import { hearing, QueueRecorder, taking } from './queue-recorder';
import { recoveryMs } from './recovery';
import { type RunScript, writeScript } from './run-script';
import type { Outcome } from './summary';
import type { SystemUnderTest } from './system-under-test';
import { Traffic } from './traffic';

/** From the last fault on, after recovery; what is not settled by then is a difference. */
const PATIENCE_MS = 45_000;
const LOOK_INTERVAL_MS = 2_000;
const TELL_INTERVAL_MS = 15_000;
/** Writing the script takes less than this. */
const LEAD_MS = 3_000;

/** Drives the budgets through the system while faults strike, waits until all is settled, and audits. */
export class FaultRun {
  private readonly heard: QueueRecorder;
  private readonly deadLetters: QueueRecorder;
  private readonly publisher: PatientPublisher;
  private readonly injector: FaultInjector;

  constructor(
    private readonly system: SystemUnderTest,
    private readonly options: FaultsOptions,
    private readonly print: (line: string) => void,
  ) {
    this.heard = new QueueRecorder(system.brokerUrl, hearing(EXCHANGE, AUDIT_QUEUE, HEARD));
    this.deadLetters = new QueueRecorder(system.brokerUrl, taking(DEAD_LETTERS));
    this.publisher = new PatientPublisher(system.brokerUrl, EXCHANGE);
    this.injector = new FaultInjector(system, print);
  }

  /** @throws the signal's reason. */
  async run(signal: AbortSignal): Promise<Outcome> {
    try {
      await Promise.all([this.heard.start(), this.deadLetters.start()]);
      return await this.perform(signal);
    } finally {
      await Promise.all([this.heard.stop(), this.deadLetters.stop(), this.publisher.close()]);
    }
  }

  private async perform(signal: AbortSignal): Promise<Outcome> {
    const apps = this.system.apps.map(({ name }) => name);
    const startMs = Math.ceil((Date.now() + LEAD_MS) / 1_000) * 1_000;
    const script = writeScript(this.options, apps, startMs);
    const traffic = new Traffic(this.publisher, script.publications);
    await this.strike(script, traffic, signal);
    return this.settle(
      {
        ...script,
        confirmations: traffic.confirmations,
        faults: this.injector.injected,
        recoveryMs: recoveryMs(),
        onTimeMs: this.options.onTimeMs,
      },
      signal,
    );
  }

  /** Resolves when everything is published and due, and all faults are over. */
  private async strike({ startMs, endMs, faults }: RunScript, traffic: Traffic, signal: AbortSignal): Promise<void> {
    const telling = setInterval(() => this.tell(traffic), TELL_INTERVAL_MS);
    try {
      const over = delay(Math.max(0, endMs - Date.now()), undefined, { signal });
      await Promise.all([traffic.run(startMs, signal), this.injector.run(faults, startMs, signal), over]);
    } finally {
      clearInterval(telling);
    }
  }

  private tell({ confirmations, publications }: Traffic): void {
    const heard = new Set(this.heard.messages.map(({ messageId }) => messageId)).size;
    this.print(`${confirmations.size} of ${publications.length} messages published, ${heard} renewals heard of`);
  }

  /** Audits until nothing is left to be said, or nothing more is to be expected. */
  private async settle(input: Input, signal: AbortSignal): Promise<Outcome> {
    const deadline = Date.now() + input.recoveryMs + PATIENCE_MS;
    this.print('no more faults, no more traffic: waiting until all is settled');
    for (;;) {
      signal.throwIfAborted();
      const evidence = await this.evidence();
      const outcome = this.judge(input, evidence, audit(input, evidence));
      if (outcome.differences.every(isFinal) || Date.now() > deadline) return outcome;
      await delay(LOOK_INTERVAL_MS, undefined, { signal });
    }
  }

  private judge(input: Input, evidence: Evidence, findings: Findings): Outcome {
    const { apps } = this.system;
    const differences = [...findings.differences, ...checkProcesses(apps)];
    return { seed: this.options.seed, input, evidence, findings, faults: this.injector.injected, apps, differences };
  }

  private async evidence(): Promise<Evidence> {
    const { postgres, redis } = this.system.servers;
    const timers = await readTimers(redis.url, TIMERS);
    return {
      ...(await readLedger(postgres.url)),
      timers,
      events: [...this.heard.messages],
      deadLetters: [...this.deadLetters.messages],
    };
  }
}

/** Waiting mends what is missing; it does not mend these. */
const FINAL = ['a renewal is late', 'a budget is renewed twice', 'a budget is renewed that must not be'];

function isFinal({ what }: Difference): boolean {
  return FINAL.includes(what) || processDifferences.includes(what);
}
