import { isCertificateError } from '../tls/certificate-error';
import { DatabaseUnavailableError } from './database-unavailable-error';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const CONNECTION_LOST = /^(08...|57P0[1-5]|25P0[34])$/;
/** A standby, or a server that was set to read-only; out of disk, memory or connections; a disk that fails. */
const NOT_AT_WORK = /^(25006|53...|58030)$/;
/** A prepared statement that this connection does not know any more. */
const UNKNOWN_STATEMENT = '26000';
const NOT_SUPPORTED = '0A000';
/** In PostgreSQL's source, what says that a prepared statement would have other columns now. Its words depend on the server's language. */
const REVALIDATES_PLAN = /^RevalidateCached(Query|Plan)$/;
const CONFLICTS = new Set(['40001', '40P01', '55P03']);

const SOCKET_ERRORS = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/** node-postgres has no codes for what it finds itself, only these words. */
const DRIVER_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client was closed|Cannot use a pool after|The server does not support SSL connections)/;

/**
 * Whether an error of node-postgres says that the server cannot be reached, or that the one which was reached can do no
 * work just now, rather than that a statement is wrong. A new connection may lead to one that can: the new primary, or
 * to a session in which statements are prepared anew.
 */
export function isOutage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  const saidByServer = CONNECTION_LOST.test(code) || NOT_AT_WORK.test(code);
  const forgotPlan = code === UNKNOWN_STATEMENT || hasStalePlan(error, code);
  const isUnreachable = SOCKET_ERRORS.has(code) || DRIVER_MESSAGES.test(error.message) || isCertificateError(error);
  return saidByServer || forgotPlan || isUnreachable;
}

/** A migration has changed a column. By the same signs as pgjdbc's `willHealOnRetry`. */
function hasStalePlan(error: Error, code: string): boolean {
  return code === NOT_SUPPORTED && 'routine' in error && REVALIDATES_PLAN.test(String(error.routine));
}

/**
 * Whether the same work may well succeed if it is tried again: PostgreSQL was away or read-only, or the transaction lost against
 * another one (serialization failure, deadlock, lock not available in time).
 */
export function isTransientDatabaseError(error: unknown): boolean {
  if (error instanceof DatabaseUnavailableError) return true;
  return error instanceof Error && 'code' in error && CONFLICTS.has(String(error.code));
}
