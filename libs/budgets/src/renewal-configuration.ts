import { durationBetween, Variable } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';

/** When budgets are renewed. */
export class RenewalConfiguration {
  @Variable('BUDGETBUDDY_RENEWAL_LEAD_TIME', {
    description:
      "How long before a budget's last second it is renewed, by the calendar and the clock of the budget's time zone. " +
      'At most 28 days, the shortest month.',
    default: 'P1D',
    parse: durationBetween('PT0S', 'P28D'),
  })
  leadTime!: Temporal.Duration;
}
