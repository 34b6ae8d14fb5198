import { remembering } from '@budget-buddy/platform';
import { Temporal } from 'temporal-polyfill';

const EPOCH = Temporal.Instant.fromEpochMilliseconds(0);

/** A time zone's name as the machine's list of zones spells it. @throws RangeError for what is none. */
export const timeZoneId = remembering((timeZone: string) => EPOCH.toZonedDateTimeISO(timeZone).timeZoneId);
