import { IsInt, IsOptional, IsString, Min } from 'class-validator';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import { platformSections } from './configuration-module';
import { InvalidConfigurationError } from './invalid-configuration-error';
import { loadConfiguration } from './load-configuration';
import { durationBetween } from './parsers';
import { Variable } from './variable';

class Oven {
  @Variable('BUDGETBUDDY_OVEN_TRAYS', { description: 'Trays at once.', default: '2' })
  @IsInt()
  @Min(1)
  trays!: number;

  @Variable('BUDGETBUDDY_OVEN_TIME', {
    description: 'Baking time.',
    default: 'PT40M',
    parse: durationBetween('PT1M', 'P30D'),
  })
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
      '  BUDGETBUDDY_OVEN_TIME is "40 min": it must be an ISO 8601 duration without sign, years and months, such as PT30S, PT5M or P1D',
      '  BUDGETBUDDY_OVEN_FAN is "yes": it must be true or false',
      '  BUDGETBUDDY_OVEN_TRAYS is "0": it must not be less than 1',
      '  BUDGETBUDDY_TILL_KEY is not set: it must be a string',
    ]);
  });

  it.each(['1e3', '0x10', 'ten', '--1', 'NaN', 'Infinity', '1,000'])('takes %j for no number', (text) => {
    expect(() => loadConfiguration([Oven], { BUDGETBUDDY_OVEN_TRAYS: text })).toThrow(
      /TRAYS is ".+": it must be a number/,
    );
  });

  it.each(['-PT1S', 'P1M', 'P1Y', '30s', '25'])('takes %j for no duration', (text) => {
    expect(() => loadConfiguration([Oven], { BUDGETBUDDY_OVEN_TIME: text })).toThrow(/TIME is ".+": it must be an ISO/);
  });

  it('reads a week as seven days, so that every duration has a length', () => {
    const { time } = loadConfiguration([Oven], { BUDGETBUDDY_OVEN_TIME: 'P1W' }).get(Oven);
    expect(time.total('hours')).toBe(168);
  });

  it.each(['PT0S', 'PT59.999S', 'P30DT0.001S', 'P5W'])('refuses %j, which is beyond the limits', (text) => {
    expect(() => loadConfiguration([Oven], { BUDGETBUDDY_OVEN_TIME: text })).toThrow(
      `TIME is "${text}": it must be a duration from PT1M to P30D`,
    );
  });

  it('takes no fractions of a millisecond, of which the servers know none', () => {
    expect(failure([Oven], { BUDGETBUDDY_OVEN_TIME: 'PT60.0005S' }).message).toContain(
      'TIME is "PT60.0005S": it must be a duration of whole milliseconds, such as PT1M',
    );
  });

  it.each(['PT1M', 'PT60S', 'PT60.001S', 'P30D', 'PT720H'])('takes %j, for limits are included', (text) => {
    expect(loadConfiguration([Oven], { BUDGETBUDDY_OVEN_TIME: text }).get(Oven).time.toString()).toBe(text);
  });

  it('wants limits for every duration', () => {
    const declare = () => {
      class Fridge {
        @Variable('BUDGETBUDDY_FRIDGE_TIME', { description: 'Time.' })
        time!: Temporal.Duration;
      }
      return Fridge;
    };
    expect(declare).toThrow('@Variable BUDGETBUDDY_FRIDGE_TIME (time): give a "parse: durationBetween(…)"');
  });

  it('masks what a parser repeats of a value', () => {
    class Door {
      @Variable('BUDGETBUDDY_DOOR_CODE', { description: 'Code.', secret: true, parse: refuse })
      code!: string;
    }
    expect(failure([Door], { BUDGETBUDDY_DOOR_CODE: 'sesame' }).message).toContain('must be better than ***');
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

describe("the platform's sections", () => {
  it.each([
    ['BUDGETBUDDY_SHUTDOWN_TIMEOUT', 'PT0S', 'a duration from PT0.1S to PT1H'],
    ['BUDGETBUDDY_SHUTDOWN_TIMEOUT', 'P30D', 'a duration from PT0.1S to PT1H'],
    ['BUDGETBUDDY_POSTGRES_STATEMENT_TIMEOUT', 'P30D', 'a duration from PT0S to P1D'],
    ['BUDGETBUDDY_POSTGRES_POOL_SIZE', '2', 'not be less than 3'],
  ])('refuse %s=%s', (variable, text, expected) => {
    const { message } = failure(platformSections, { [variable]: text });
    expect(message).toContain(`${variable} is "${text}": it must ${expected.replace(/^a /, 'be a ')}`);
  });

  it('take a statement timeout of nothing for none', () => {
    expect(() => loadConfiguration(platformSections, { BUDGETBUDDY_POSTGRES_STATEMENT_TIMEOUT: 'PT0S' })).not.toThrow();
  });
});

function refuse(text: string): never {
  throw new Error(`better than ${text}`);
}

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
