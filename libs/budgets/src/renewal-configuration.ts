import { Variable } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';

/** When budgets are renewed. */
export class RenewalConfiguration {
  @Variable('BUDGETBUDDY_RENEWAL_LEAD_TIME', {
    description:
      "How long before a budget's last second it is renewed, by the calendar and the clock of the budget's time zone.",
    default: 'P1D',
  })
  leadTime!: Temporal.Duration;
}
