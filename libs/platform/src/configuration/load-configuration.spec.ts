import { IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { platformSections } from './configuration-module';
import { InvalidConfigurationError } from './invalid-configuration-error';
import { loadConfiguration } from './load-configuration';
import { Variable } from './variable';

class Oven {
  @Variable('BUDGETBUDDY_OVEN_TRAYS', { description: 'Trays at once.', default: '2' })
  @IsInt()
  @Min(1)
  trays!: number;

  @Variable('BUDGETBUDDY_OVEN_TIME', { description: 'Baking time.', default: 'PT40M' })
  time!: Temporal.Duration;

  @Variable('BUDGETBUDDY_OVEN_FAN', { description: 'Whether the fan is on.', default: 'false' })
  fan!: boolean;
}

class Till {
  @Variable('BUDGETBUDDY_TILL_KEY', { description: 'Opens the till.', secret: true })
  @IsString()
  key!: string;

  @Variable('BUDGETBUDDY_TILL_URL', { description: 'Where the till is.' })
  @IsOptional()
  @IsInt()
  url?: number;
}

const withKey = { BUDGETBUDDY_TILL_KEY: 'k' };

describe('loadConfiguration', () => {
  it('uses the defaults where variables are unset or empty', () => {
    const oven = loadConfiguration([Oven], { BUDGETBUDDY_OVEN_TRAYS: '', BUDGETBUDDY_OVEN_TIME: '  ' }).get(Oven);
    expect(oven.trays).toBe(2);
    expect(oven.time.toString()).toBe('PT40M');
    expect(oven.fan).toBe(false);
  });

  it("turns texts into the properties' types", () => {
    const env = { BUDGETBUDDY_OVEN_TRAYS: '4', BUDGETBUDDY_OVEN_TIME: 'P1DT2H', BUDGETBUDDY_OVEN_FAN: 'true' };
    const oven = loadConfiguration([Oven], env).get(Oven);
    expect(oven).toMatchObject({ trays: 4, fan: true });
    expect(oven.time).toBeInstanceOf(Temporal.Duration);
    expect(oven.time.hours).toBe(2);
  });

  it('tells every error of every section in one message', () => {
    const env = {
      BUDGETBUDDY_OVEN_TRAYS: '0',
      BUDGETBUDDY_OVEN_TIME: '40 min',
      BUDGETBUDDY_OVEN_FAN: 'yes',
    };
    const error = failure([Oven, Till], env);
    expect(error.message.split('\n')).toEqual([
      'The configuration is invalid (4):',
      '  BUDGETBUDDY_OVEN_TIME is "40 min": expected an ISO 8601 duration that is not negative, e.g. PT30S, PT5M or P1D',
      '  BUDGETBUDDY_OVEN_FAN is "yes": expected true or false',
      '  BUDGETBUDDY_OVEN_TRAYS is "0": expected it must not be less than 1',
      '  BUDGETBUDDY_TILL_KEY is not set: expected it must be a string',
    ]);
  });

  it.each(['', '1e3', '0x10', 'ten', '5 ', '--1', 'NaN', 'Infinity'])(
    'takes no %j for a number but spaces around',
    (text) => {
      const load = () => loadConfiguration([Oven], { BUDGETBUDDY_OVEN_TRAYS: text });
      if (text.trim() === '' || text === '5 ') expect(load).not.toThrow();
      else expect(load).toThrow(/BUDGETBUDDY_OVEN_TRAYS is ".+": expected a number/);
    },
  );

  it('refuses a negative duration', () => {
    expect(() => loadConfiguration([Oven], { BUDGETBUDDY_OVEN_TIME: '-PT1S' })).toThrow(/not negative/);
  });

  it('never shows the value of a secret, nor the password within a URL', () => {
    const secret = { ...withKey, BUDGETBUDDY_TILL_KEY: 'sesame', BUDGETBUDDY_TILL_URL: 'http://me:pass@word@till/' };
    const { problems, message } = failure([Till], secret);
    expect(problems.map(({ value }) => value)).toEqual(['http://me:***@till/']);
    expect(message).not.toMatch(/sesame|pass|word/);
  });

  it('has the documented defaults for the three servers', () => {
    const configuration = loadConfiguration(platformSections, {});
    const [postgres, redis, rabbit] = platformSections.map((section) => configuration.get(section)) as [
      { url: string },
      { url: string },
      { urls: string[] },
    ];
    expect(postgres.url).toBe('postgres://budgetbuddy:budgetbuddy@postgres:5432/budgetbuddy');
    expect(redis.url).toBe('redis://redis:6379/0');
    expect(rabbit.urls).toEqual(['amqp://guest:guest@rabbitmq:5672/%2F']);
  });
});

function failure(
  sections: Parameters<typeof loadConfiguration>[0],
  env: Record<string, string>,
): InvalidConfigurationError {
  try {
    loadConfiguration(sections, env);
  } catch (error) {
    if (error instanceof InvalidConfigurationError) return error;
  }
  throw new Error('expected an InvalidConfigurationError');
}
