import { maskCredentials } from './mask-credentials';

/** An error in one line that is safe to show: for logs of outages and for health answers. */
export function describeError(error: unknown): string {
  // Node tries all addresses of a host, and says nothing but what each attempt met.
  if (error instanceof AggregateError) return error.errors.map(describeError).join(', ');
  if (!(error instanceof Error)) return String(error);
  return maskCredentials(error.message || error.name);
}
