import { loadConfiguration } from '@budget-buddy/platform';
import { describe, expect, it } from 'vitest';
import { RenewalConfiguration } from './renewal-configuration';

describe('RenewalConfiguration', () => {
  it.each([['BUDGETBUDDY_RENEWAL_LEAD_TIME', 'P29D', 'PT0S to P28D']])('refuses %s=%s', (variable, text, limits) => {
    expect(() => loadConfiguration([RenewalConfiguration], { [variable]: text })).toThrow(
      `${variable} is "${text}": it must be a duration from ${limits}`,
    );
  });

  it('takes no lead time at all, and weeks', () => {
    for (const text of ['PT0S', 'P4W']) {
      expect(() => loadConfiguration([RenewalConfiguration], { BUDGETBUDDY_RENEWAL_LEAD_TIME: text })).not.toThrow();
    }
  });
});
