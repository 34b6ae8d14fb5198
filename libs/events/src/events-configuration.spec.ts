import { loadConfiguration } from '@budget-buddy/platform';
import { describe, expect, it } from 'vitest';
import { EventsConfiguration } from './events-configuration';

describe('EventsConfiguration', () => {
  it.each([
    ['BUDGETBUDDY_EVENT_RETRY_DELAYS', 'PT0S,PT1S', 'PT0.001S to P7D'],
    ['BUDGETBUDDY_EVENT_RETRY_DELAYS', 'PT1S,P8D', 'PT0.001S to P7D'],
    ['BUDGETBUDDY_OUTBOX_POLL_INTERVAL', 'PT0S', 'PT0.01S to PT1M'],
    ['BUDGETBUDDY_OUTBOX_POLL_INTERVAL', 'PT2M', 'PT0.01S to PT1M'],
  ])('refuses %s=%s', (variable, text, limits) => {
    expect(() => loadConfiguration([EventsConfiguration], { [variable]: text })).toThrow(
      `${variable} is "${text}": it must be a duration from ${limits}`,
    );
  });
});
