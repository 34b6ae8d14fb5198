import { Temporal } from 'temporal-polyfill';
import { endDateDueAt, type PeriodRule } from './period-model';
import type { SeededRandom } from './seeded-random';
import type { Terms } from './story';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Pacific/Auckland'];
const STRATEGIES = ['monthly', 'monthly', 'yearly'] as const;

/** Makes up what budgets say of themselves, so that their renewals are due when a story wants it. */
export class RandomTerms {
  private readonly zones: readonly string[];

  constructor(
    private readonly random: SeededRandom,
    /** From when the due times are counted. */
    private readonly start: Temporal.Instant,
  ) {
    this.zones = ZONES.filter((zone) => hasQuietClock(zone, start));
  }

  /** Terms whose first period ends on its boundary, and whose renewal is due so long after the start. */
  dueAt(dueMs: number, strategy = this.random.pick(STRATEGIES)): Terms {
    const zone = this.random.pick(this.zones);
    const end = this.endDueAt(dueMs, zone);
    const local = end.toZonedDateTimeISO(zone);
    const start = local.subtract(strategy === 'yearly' ? { years: 1 } : { months: 1 });
    const rule: PeriodRule = {
      strategy,
      day: local.day,
      ...(strategy === 'yearly' && { month: local.month }),
      time: start.toPlainTime().toString(),
      zone,
    };
    return {
      userId: this.random.uuid(),
      name: `Haushalt ${this.random.integer(1, 1_000_000)} – Öl & Brot`,
      totalLimit: this.random.integer(0, 10_000_000),
      currency: this.random.pick([null, 'EUR', 'USD']),
      categories: this.random.pick([[], [{ name: 'Brot', limit: 700 }]]),
      rule,
      period: { start: start.toInstant(), end },
    };
  }

  /** The same terms, but for a first period whose renewal is due at another time, boundary or not. */
  withDue(terms: Terms, dueMs: number): Terms {
    return { ...terms, period: { ...terms.period, end: this.endDueAt(dueMs, terms.rule.zone) } };
  }

  private endDueAt(dueMs: number, zone: string): Temporal.Instant {
    const due = this.start.add({ milliseconds: dueMs }).round({ smallestUnit: 'second', roundingMode: 'floor' });
    return endDateDueAt(due, zone).add({ seconds: 1 });
  }
}

/** On the days around a clock change there may be no day between a renewal and the end of its period. */
function hasQuietClock(zone: string, start: Temporal.Instant): boolean {
  const next = start.subtract({ hours: 72 }).toZonedDateTimeISO(zone).getTimeZoneTransition('next');
  return !next || Temporal.Instant.compare(next.toInstant(), start.add({ hours: 72 })) > 0;
}
