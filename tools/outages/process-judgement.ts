import type { Difference } from '../faults/difference';
import { LIMITS } from './limits';
import type { ProcessUse } from './process-watch';

/**
 * Whether the processes stayed within their limits: no hot loop in the log, no memory without bounds.
 * @param seconds how long the outage and the recovery from it took.
 */
export function judgeProcesses(use: ProcessUse, seconds: number): Difference[] {
  const judged = [
    { what: 'memory grew during an outage', limit: LIMITS.growth, found: use.growth },
    { what: 'a log was flooded with trouble', limit: LIMITS.peakTrouble, found: use.peakTrouble },
    {
      what: 'a log had trouble all the time',
      limit: LIMITS.trouble + LIMITS.troublePerSecond * seconds,
      found: use.trouble,
    },
  ];
  return judged
    .filter(({ limit, found }) => found > limit)
    .map(({ what, limit, found }) => ({
      what,
      about: 'the app that needed most',
      expected: `at most ${limit}`,
      found,
    }));
}
