/**
 * What a section tells of TLS besides its URL, as texts in PEM form. The server's certificate is always checked: against
 * `tlsCa` when there is one, against the authorities that Node knows otherwise.
 */
export interface TlsFiles {
  tlsCa?: string;
  /** What this client shows of itself, and its key. Both or none. */
  tlsCert?: string;
  tlsKey?: string;
}

/** The options of `tls.connect` for these files. */
export function tlsOptions({ tlsCa, tlsCert, tlsKey }: TlsFiles): { ca?: string; cert?: string; key?: string } {
  return {
    ...(tlsCa !== undefined && { ca: tlsCa }),
    ...(tlsCert !== undefined && { cert: tlsCert }),
    ...(tlsKey !== undefined && { key: tlsKey }),
  };
}
