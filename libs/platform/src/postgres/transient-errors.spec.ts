import { describe, expect, it } from 'vitest';
import { DatabaseUnavailableError } from './database-unavailable-error';
import { isOutage, isTransientDatabaseError } from './transient-errors';

const withCode = (code: string) => Object.assign(new Error('…'), { code });

describe('isOutage', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', '08006', '57P01', '57P03', '25P03'])('is %s', (code) => {
    expect(isOutage(withCode(code))).toBe(true);
  });

  it.each(['25006', '53000', '53100', '53200', '53300', '53400', '58030'])(
    'is %s, by which a server says that it can do no work',
    (code) => {
      expect(isOutage(withCode(code))).toBe(true);
    },
  );

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect', 'Query read timeout'])(
    'is "%s", which the driver gives no code',
    (message) => {
      expect(isOutage(new Error(message))).toBe(true);
    },
  );

  it.each(['23505', '42P01', '40001', '57014', '28P01', '25001', '58P01', 'ERR_ASSERTION'])('is not %s', (code) => {
    expect(isOutage(withCode(code))).toBe(false);
  });

  it('is nothing but an Error', () => {
    expect(isOutage({ code: 'ECONNREFUSED' })).toBe(false);
    expect(isOutage(undefined)).toBe(false);
  });
});

describe('isTransientDatabaseError', () => {
  it.each(['40001', '40P01', '55P03'])('is the lost conflict %s', (code) => {
    expect(isTransientDatabaseError(withCode(code))).toBe(true);
  });

  it('is a database that is away', () => {
    expect(isTransientDatabaseError(new DatabaseUnavailableError(withCode('ECONNREFUSED')))).toBe(true);
  });

  it('is no violation of a constraint, and no error of another kind', () => {
    expect(isTransientDatabaseError(withCode('23505'))).toBe(false);
    expect(isTransientDatabaseError('40001')).toBe(false);
  });
});
