import { Temporal } from 'temporal-polyfill';
import { remembering } from './remembering';

/**
 * The instant of so many ms since 1970; for the same ms often the same object. temporal-polyfill keeps each instant that is
 * made in a `WeakMap`, which all garbage collections walk (docs/profiles.md), and what is due together has its dates in common.
 * @throws RangeError beyond what an instant can be.
 */
export const instantAt = remembering((epochMs: number) => Temporal.Instant.fromEpochMilliseconds(epochMs));
