import type { Credentials } from './credentials';
import { isLocal, type RequestOrigin } from './local-request';

/** `ask`: the credentials are missing or wrong. `closed`: there are none that could open it. */
export type AccessDecision = 'grant' | 'ask' | 'closed';

const OPEN_PATHS = new Set(['/healthcheck', '/health/live', '/health/ready']);

/** Who may see what: the state of health anyone, all else those with the credentials, or local ones while none are set. */
export function decideAccess(
  path: string,
  origin: RequestOrigin,
  credentials: Credentials | undefined,
): AccessDecision {
  if (OPEN_PATHS.has(path)) return 'grant';
  if (credentials) return credentials.areIn(origin.headers.authorization) ? 'grant' : 'ask';
  return isLocal(origin) ? 'grant' : 'closed';
}
