import pino from 'pino';

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: unknown;
  readonly stack: string;
  readonly aggregateErrors?: readonly LoggedError[];
}

/**
 * What a log keeps of an error: what tells what happened, and where. Its other fields stay out of it. Libraries put there
 * what they were at work on, secrets included: ioredis the `AUTH` that was refused.
 */
export function loggableError(error: Error): LoggedError {
  return fieldsOf(pino.stdSerializers.err(error));
}

function fieldsOf({ type, message, code, stack, aggregateErrors }: LoggedError): LoggedError {
  return { type, message, code, stack, aggregateErrors: aggregateErrors?.map(fieldsOf) };
}
