import { tlsOptions, type TlsFiles } from '../tls/tls-files';

/** What node-postgres needs to know to find its server, and to be sure that it is the right one. */
export interface PostgresLocation {
  connectionString: string;
  ssl?: ReturnType<typeof tlsOptions> & { host: string };
}

const MODES = ['disable', 'verify-full'];
/** They would do the same as our own variables, or undo it. */
const FILES = ['ssl', 'sslcert', 'sslkey', 'sslrootcert', 'sslnegotiation', 'uselibpqcompat'];

/**
 * Refuses what asks for less than a certificate that is checked, and so is open to whoever is on the way: in libpq
 * `sslmode=require` checks nothing.
 * @throws Error whose message says what was expected.
 */
export function checkPostgresUrl(text: string): string {
  const parameters = parametersOf(text);
  const mode = parameters.get('sslmode') ?? 'disable';
  if (!MODES.includes(mode)) {
    throw new Error(`a URL with sslmode=verify-full, which checks the server's certificate, or disable: not ${mode}`);
  }
  const file = FILES.find((name) => parameters.has(name));
  if (file)
    throw new Error(
      `a URL without ${file}: with sslmode=verify-full BUDGETBUDDY_POSTGRES_TLS_CA, …_CERT and …_KEY name files`,
    );
  return text;
}

/** Whether a URL that {@link checkPostgresUrl} has let pass asks for TLS. */
export function asksForTls(url: string): boolean {
  return parametersOf(url).get('sslmode') === 'verify-full';
}

/** The driver's own options. It reads `sslmode` from the URL too, and would put it above the files. */
export function postgresLocation(text: string, files: TlsFiles): PostgresLocation {
  if (!asksForTls(text)) return { connectionString: text };
  const url = new URL(text);
  url.searchParams.delete('sslmode');
  // Node takes the name to check from the socket, where node-postgres has put none for an IP address: it would check
  // for `localhost`.
  return { connectionString: url.toString(), ssl: { host: url.hostname, ...tlsOptions(files) } };
}

function parametersOf(url: string): URLSearchParams {
  return URL.canParse(url) ? new URL(url).searchParams : new URLSearchParams();
}
