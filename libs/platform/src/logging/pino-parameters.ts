import type { Params } from 'nestjs-pino';
import pino, { type DestinationStream } from 'pino';
import type { Options } from 'pino-http';
import pretty from 'pino-pretty';
import { maskCredentialsInLine } from '../mask-credentials';
import type { LoggingConfiguration } from './logging-configuration';

/** Probed every few seconds by orchestrators: their requests are not news. */
const UNLOGGED_PATHS = ['/health/', '/healthcheck', '/metrics'];

/** How pino writes, as nestjs-pino takes it. Lines are written asynchronously, and flushed when the process exits. */
export function pinoParameters({ level, format }: LoggingConfiguration, app?: string): Params {
  const options: Options = {
    level,
    base: { app, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['password', '*.password', 'headers.authorization', 'headers.cookie'], censor: '***' },
    // Whatever a library puts into a message, no password of a URL leaves the process.
    hooks: { streamWrite: maskCredentialsInLine },
    autoLogging: { ignore: ({ url = '' }) => UNLOGGED_PATHS.some((path) => url.startsWith(path)) },
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, url }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    quietReqLogger: true,
    // A page of the dashboard is a dozen requests: only those that went wrong are news.
    customLogLevel: (_, { statusCode }, error) =>
      error || statusCode >= 500 ? 'error' : statusCode >= 400 ? 'warn' : 'debug',
  };
  return { pinoHttp: [options, destination(format)] };
}

function destination(format: LoggingConfiguration['format']): DestinationStream {
  if (format === 'json') return pino.destination({ sync: false });
  return pretty({
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,app,context',
    messageFormat: '{if context}[{context}] {end}{msg}',
    sync: false,
  });
}
