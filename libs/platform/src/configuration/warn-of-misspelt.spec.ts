import { describe, expect, it } from 'vitest';
import { findMisspelt } from './warn-of-misspelt';

const known = ['BUDGETBUDDY_REDIS_URL', 'BUDGETBUDDY_POSTGRES_URL'];

describe('findMisspelt', () => {
  it('finds a variable that is nearly a known one', () => {
    expect(findMisspelt(known, { BUDGETBUDDY_REDDIS_URL: 'x' })).toEqual([
      { unknown: 'BUDGETBUDDY_REDDIS_URL', meant: 'BUDGETBUDDY_REDIS_URL' },
    ]);
  });

  it("leaves other apps' variables alone, other systems' too, and all when the known one is set", () => {
    expect(findMisspelt(known, { BUDGETBUDDY_DASHBOARD_PORT: '1', REDDIS_URL: 'x' })).toEqual([]);
    expect(findMisspelt(known, { BUDGETBUDDY_REDIS_URLS: 'x', BUDGETBUDDY_REDIS_URL: 'y' })).toEqual([]);
  });
});
