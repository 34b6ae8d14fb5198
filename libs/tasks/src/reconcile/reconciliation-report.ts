import { Injectable, Logger } from '@nestjs/common';
import { mended, type ReconciliationScope } from './reconciliation';
import { ReconciliationRecord } from './reconciliation-record';
import type { ReconciliationRun } from './reconciliation-run';

/** Their row names a queue that nobody declares any more: the operator has to say what is to become of them. */
const STRANDED =
  'open tasks are in queues that BUDGETBUDDY_QUEUES does not declare: they will not run. Declare their queues again, ' +
  'or schedule them anew';

/** Somebody edited rows by hand. */
const UNREADABLE =
  'open tasks cannot be read and will not run: set eta and due_at of their rows in tasks.task to times of the years 1 ' +
  'to 9999, or delete them';

const UNMENDED = 'timers that are not as the ledger wants them could not be mended';

/** Says what a reconciliation found: in the log, and in `tasks.reconciliation` when there was something to mend. */
@Injectable()
export class ReconciliationReport {
  private readonly logger = new Logger('TimerReconciler');

  constructor(private readonly record: ReconciliationRecord) {}

  /** @param complete whether it came to its end. */
  async give(
    scope: ReconciliationScope,
    run: ReconciliationRun,
    { complete, durationMs }: { complete: boolean; durationMs: number },
  ): Promise<void> {
    const { findings, examples } = run;
    // What people have to deal with is there again each time: it is told with each comparison of all, not every 5 s.
    if (scope === 'all') {
      if (complete) this.logger.log({ ...findings, durationMs }, 'all timers were compared with the ledger');
      if (findings.stranded > 0) this.logger.error({ stranded: findings.stranded }, STRANDED);
      if (examples.unreadable) this.logger.error({ ...examples, count: findings.unreadable }, UNREADABLE);
      if (examples.unmended) this.logger.error({ ...examples, count: findings.unmended }, UNMENDED);
    }
    if (mended(findings) === 0) return;
    this.logger.warn({ scope, ...findings, durationMs }, 'timers were not as the ledger wants them, and are mended');
    await this.record.keep(scope, findings, durationMs);
  }
}
