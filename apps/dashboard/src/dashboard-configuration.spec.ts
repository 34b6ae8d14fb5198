import { type InvalidConfigurationError, loadConfiguration } from '@budget-buddy/platform';
import { describe, expect, it } from 'vitest';
import { DashboardConfiguration } from './dashboard-configuration';

const load = (env: Record<string, string>) =>
  loadConfiguration([DashboardConfiguration], env).get(DashboardConfiguration);

function problemsOf(env: Record<string, string>) {
  try {
    load(env);
  } catch (error) {
    return (error as InvalidConfigurationError).problems;
  }
  throw new Error('the configuration was accepted');
}

describe('the configuration of the dashboard', () => {
  it('has port 5555 and no credentials by default', () => {
    expect(load({})).toEqual({ port: 5555, username: undefined, password: undefined });
  });

  it('takes a user name with a password', () => {
    const env = { BUDGETBUDDY_DASHBOARD_USERNAME: 'ada', BUDGETBUDDY_DASHBOARD_PASSWORD: 'sec:ret' };
    expect(load(env)).toMatchObject({ username: 'ada', password: 'sec:ret' });
  });

  it.each([
    ['BUDGETBUDDY_DASHBOARD_USERNAME', 'BUDGETBUDDY_DASHBOARD_PASSWORD'],
    ['BUDGETBUDDY_DASHBOARD_PASSWORD', 'BUDGETBUDDY_DASHBOARD_USERNAME'],
  ])('refuses %s without %s, and says which is missing', (set, missing) => {
    expect(problemsOf({ [set]: 'ada' })).toMatchObject([
      {
        variable: missing,
        value: undefined,
        expected: expect.stringMatching(`^must be a \\w+, because ${set} is set .set both or neither.$`) as string,
      },
    ]);
  });

  it('refuses a user name with a colon, which may well be a password too, and keeps both to itself', () => {
    const problems = problemsOf({ BUDGETBUDDY_DASHBOARD_USERNAME: 'a:b', BUDGETBUDDY_DASHBOARD_PASSWORD: 'hidden' });
    expect(problems).toMatchObject([{ variable: 'BUDGETBUDDY_DASHBOARD_USERNAME', value: '***' }]);
    expect(JSON.stringify(problems)).not.toContain('hidden');
  });

  it('refuses a port that is none', () => {
    expect(problemsOf({ BUDGETBUDDY_DASHBOARD_PORT: '70000' })).toHaveLength(1);
  });
});
