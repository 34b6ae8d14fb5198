import { describe, expect, it } from 'vitest';
import { checkPostgresUrl, postgresLocation } from './postgres-url';

describe('the URL of PostgreSQL', () => {
  it.each(['require', 'prefer', 'allow', 'verify-ca', 'no-verify', ''])('is refused with sslmode=%s', (mode) => {
    const url = `postgres://u:p@h/d?sslmode=${mode}`;
    expect(() => checkPostgresUrl(url)).toThrow("sslmode=verify-full, which checks the server's certificate");
  });

  it.each(['ssl=0', 'sslrootcert=/ca.pem', 'uselibpqcompat=true'])('is refused with %s', (parameter) => {
    expect(() => checkPostgresUrl(`postgres://u:p@h/d?sslmode=verify-full&${parameter}`)).toThrow('a URL without');
  });

  it('without TLS goes to the driver as it is', () => {
    const url = checkPostgresUrl('postgres://u:p%40@h:1/d?sslmode=disable');
    expect(postgresLocation(url, {})).toEqual({ connectionString: url });
  });

  it('with TLS has the certificate checked against the given authority, or those that Node knows', () => {
    const url = checkPostgresUrl('postgres://u:p%40@h:1/d?application_name=x&sslmode=verify-full');
    const connectionString = 'postgres://u:p%40@h:1/d?application_name=x';
    expect(postgresLocation(url, { tlsCa: 'ca' })).toEqual({ connectionString, ssl: { host: 'h', ca: 'ca' } });
    expect(postgresLocation(url, {})).toEqual({ connectionString, ssl: { host: 'h' } });
  });
});
