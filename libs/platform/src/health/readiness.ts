import { Injectable } from '@nestjs/common';
import { describeError } from '../describe-error';
import { endsWithin } from '../ends-within';
import { Shutdown } from '../shutdown/shutdown';

/** How long one dependency may take to answer. */
const TIMEOUT_MS = 2_000;
/** A question that is not answered by then is asked again: the answer may have been lost with its connection. */
const FORGET_MS = 15_000;

/** What one dependency answered. */
export interface DependencyState {
  name: string;
  up: boolean;
  /** Why it is down, or what is amiss although it is up. Safe to show. */
  reason?: string;
}

/** What a check may say although the dependency does its part: what is amiss with it. */
type Remark = string | undefined | void;

interface Dependency {
  name: string;
  check: () => Promise<Remark>;
  pending?: Promise<Remark>;
}

/** The dependencies without which this process cannot do its work. Modules register theirs. */
@Injectable()
export class Readiness {
  private readonly dependencies = new Map<string, Dependency>();

  constructor(private readonly shutdown: Shutdown) {}

  /**
   * @param check resolves when the dependency does its part just now, with a remark if not all is well; rejects with the
   * reason otherwise.
   */
  register(name: string, check: () => Promise<Remark>): void {
    this.dependencies.set(name, { name, check });
  }

  /** Asks all dependencies side by side; each that does not answer in time is down. */
  async check(): Promise<DependencyState[]> {
    const states = await Promise.all([...this.dependencies.values()].map(stateOf));
    if (this.shutdown.hasBegun) states.push({ name: 'process', up: false, reason: 'shutting down' });
    return states;
  }
}

async function stateOf(dependency: Dependency): Promise<DependencyState> {
  const { name } = dependency;
  try {
    const answer = pendingCheck(dependency);
    if (!(await endsWithin(TIMEOUT_MS, answer))) {
      return { name, up: false, reason: `no answer within ${TIMEOUT_MS} ms` };
    }
    const remark = await answer;
    return { name, up: true, ...(remark && { reason: remark }) };
  } catch (error) {
    return { name, up: false, reason: describeError(error) };
  }
}

/** A frozen server is asked once, not again by every probe: unanswered questions would pile up. */
function pendingCheck(dependency: Dependency): Promise<Remark> {
  if (dependency.pending) return dependency.pending;
  const pending = dependency.check();
  dependency.pending = pending;
  const forget = () => {
    if (dependency.pending === pending) dependency.pending = undefined;
  };
  const timer = setTimeout(forget, FORGET_MS).unref();
  return pending.finally(() => {
    clearTimeout(timer);
    forget();
  });
}
