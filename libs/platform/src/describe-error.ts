import { maskCredentials } from './mask-credentials';
import { isCertificateError } from './tls/certificate-error';

/** An error in one line that is safe to show: for logs of outages and for health answers. */
export function describeError(error: unknown): string {
  // Node tries all addresses of a host, and says nothing but what each attempt met.
  if (error instanceof AggregateError) return error.errors.map(describeError).join(', ');
  if (!(error instanceof Error)) return maskCredentials(String(error));
  const what = isCertificateError(error) ? 'its certificate is refused: ' : '';
  return what + maskCredentials(error.message || error.name);
}
