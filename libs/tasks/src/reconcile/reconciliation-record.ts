import { Injectable } from '@nestjs/common';
import { Clock, Database } from '@budget-buddy/platform';
import type { Generated } from 'kysely';
import type { Temporal } from 'temporal-polyfill';
import type { Findings, ReconciliationScope } from './reconciliation';

/** Each reconciliation that found something. Those that found nothing are not kept. */
export interface ReconciliationTable extends Findings {
  id: Generated<number>;
  at: Temporal.Instant;
  scope: ReconciliationScope;
  duration_ms: number;
}

declare module '@budget-buddy/platform' {
  interface Tables {
    'tasks.reconciliation': ReconciliationTable;
  }
}

/** Keeps what reconciliations found, for people who ask why a task was late. */
@Injectable()
export class ReconciliationRecord {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async keep(scope: ReconciliationScope, findings: Findings, durationMs: number): Promise<void> {
    await this.database.db
      .insertInto('tasks.reconciliation')
      .values({ ...findings, at: this.clock.now(), scope, duration_ms: durationMs })
      .execute();
  }
}
