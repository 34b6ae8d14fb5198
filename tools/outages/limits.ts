import { recoveryMs } from '../faults/recovery';

/** What an outage may do, and how soon everything has to be as before; in ms, bytes and lines a second of one process. */
export const LIMITS = {
  /** Until readiness says that the server is away; one that comes back sooner may go unnoticed. */
  noticedMs: 5_000,
  /** Until `live` and `ready` answer at all. */
  liveMs: 2_000,
  readyMs: 4_000,
  /** From the end of the outage until all are ready and all that waited is done. */
  recoveredMs: recoveryMs(),
  /** On top of that, until a connection that was lost without a word is given up and a new one is made. */
  foundOutMs: 8_000,
  /** An event is in the ledger so soon while Redis is away, a task done so soon while RabbitMQ is. */
  acceptedMs: 3_000,
  doneMs: 3_000,
  growth: 96 * 1024 * 1024,
  /** Lines of level warn and above: in any second, and in the whole outage, with so many more a second. */
  peakTrouble: 50,
  trouble: 40,
  troublePerSecond: 1,
} as const;
