import { Injectable } from '@nestjs/common';
import { describeError } from '../describe-error';
import { endsWithin } from '../ends-within';
import { Shutdown } from '../shutdown/shutdown';

/** How long one dependency may take to answer. */
const TIMEOUT_MS = 2_000;

/** What one dependency answered. The reason is safe to show. */
export interface DependencyState {
  name: string;
  up: boolean;
  reason?: string;
}

interface Dependency {
  name: string;
  check: () => Promise<void>;
  pending?: Promise<void>;
}

/** The dependencies without which this process cannot do its work. Modules register theirs. */
@Injectable()
export class Readiness {
  private readonly dependencies = new Map<string, Dependency>();

  constructor(private readonly shutdown: Shutdown) {}

  /** @param check resolves when the dependency does its part just now, rejects with the reason otherwise. */
  register(name: string, check: () => Promise<void>): void {
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
    const answered = await endsWithin(TIMEOUT_MS, pendingCheck(dependency));
    return answered ? { name, up: true } : { name, up: false, reason: `no answer within ${TIMEOUT_MS} ms` };
  } catch (error) {
    return { name, up: false, reason: describeError(error) };
  }
}

/** A frozen server is asked once, not again by every probe: unanswered questions would pile up. */
function pendingCheck(dependency: Dependency): Promise<void> {
  dependency.pending ??= dependency.check().finally(() => {
    dependency.pending = undefined;
  });
  return dependency.pending;
}
