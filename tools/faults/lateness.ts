import type { Link } from './chains';
import { prolonged, type Span, uncoveredMs } from './fault-windows';
import type { Confirmation } from './patient-publisher';

/** One renewal that was done, and how late it was. */
export interface Lateness {
  readonly link: Link;
  /** From when on it could be done: it was due, and the system had been told. In ms since 1970, as the next. */
  readonly readyMs: number;
  readonly doneMs: number;
  /** From the one to the other, in ms. */
  readonly lateMs: number;
  /** The part of it in which no fault was on and the last one had been over for longer than recovery takes. */
  readonly unexcusedMs: number;
}

/** How late the renewal of this budget was; undefined when it was not done. */
export function latenessOf(
  link: Link,
  confirmations: ReadonlyMap<string, Confirmation>,
  faults: readonly Span[],
  recoveryMs: number,
): Lateness | undefined {
  const doneMs = link.task?.status === 'succeeded' ? link.task.finished_ms : null;
  if (link.expected.renewal !== 'succeeded' || doneMs === null) return undefined;
  const readyMs = Math.max(link.expected.dueAt.epochMilliseconds, knownSince(link, confirmations));
  const span = { fromMs: readyMs, toMs: Math.max(readyMs, doneMs) };
  return {
    link,
    readyMs,
    doneMs,
    lateMs: span.toMs - span.fromMs,
    unexcusedMs: uncoveredMs(span, prolonged(faults, recoveryMs)),
  };
}

function knownSince({ expected, predecessor }: Link, confirmations: ReadonlyMap<string, Confirmation>): number {
  if (predecessor) return predecessor.task?.finished_ms ?? 0;
  const needed = expected.story.publications.filter(({ isCopy }) => !isCopy);
  return Math.max(...needed.map(({ id }) => confirmations.get(id)?.confirmedAtMs ?? 0));
}
