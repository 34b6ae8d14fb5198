/** A stretch of time, in ms since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How much of a span lies in none of the others, in ms. */
export function uncoveredMs({ fromMs, toMs }: Span, others: readonly Span[]): number {
  let uncovered = 0;
  let reachedMs = fromMs;
  for (const other of [...others].sort((one, two) => one.fromMs - two.fromMs)) {
    if (other.toMs <= reachedMs) continue;
    uncovered += Math.max(0, Math.min(other.fromMs, toMs) - reachedMs);
    reachedMs = Math.max(reachedMs, other.toMs);
    if (reachedMs >= toMs) return uncovered;
  }
  return uncovered + Math.max(0, toMs - reachedMs);
}

/** The same spans, each with so many ms more at its end. */
export function prolonged(spans: readonly Span[], byMs: number): Span[] {
  return spans.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs + byMs }));
}
