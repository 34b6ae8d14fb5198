/** What the apps call their things on the servers, by default. */
export const EXCHANGE = 'domain_events';
export const DEAD_LETTERS = 'budget-buddy.scheduler.dead-letters';
export const TIMERS = 'budgetbuddy:budget_renewal_queue';

/** What an audit listens to, and where. */
export const HEARD = ['BudgetRenewed', 'BudgetRenewalFailed'];
export const AUDIT_QUEUE = 'faults.audit';
