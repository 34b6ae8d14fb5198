import { OWN_REASONS } from '../subscription/failure-policy';

/** Of what somebody put among the dead letters by hand. */
export const UNTOLD_REASON = 'unknown';

/** Those for which the broker moves messages by itself; the last two only where an operator has set a policy. */
const BROKERS_REASONS = ['delivery-limit', 'expired', 'maxlen'];

/** All that a dead letter may be one for. */
export const DEAD_LETTER_REASONS: readonly string[] = [...OWN_REASONS, ...BROKERS_REASONS, UNTOLD_REASON];
