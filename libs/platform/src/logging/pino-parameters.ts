import type { IncomingMessage } from 'node:http';
import pino, { type DestinationStream } from 'pino';
import type { Options } from 'pino-http';
import { prettyFactory } from 'pino-pretty';
import { maskCredentialsInLine } from '../mask-credentials';
import { LogOutput } from './log-output';
import { loggableError } from './loggable-error';
import type { LoggingConfiguration } from './logging-configuration';

/** Probed every few seconds by orchestrators: their requests are not news. */
const UNLOGGED_PATHS = ['/health/', '/healthcheck', '/metrics'];

/** How pino writes, as pino-http takes it. Lines are written after the work that logs them: see LogOutput. */
export function pinoParameters({ level, format }: LoggingConfiguration, app?: string): [Options, DestinationStream] {
  const options: Options = {
    level,
    base: { app, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: ['password', 'headers.authorization', 'headers.cookie'], censor: '***' },
    // Whatever a library puts into a message, no password of a URL leaves the process, nor what is called one. (A path of `redact` that begins with
    // a wildcard would have pino look into each value of each line, and takes as long as all the rest of a line.)
    hooks: { streamWrite: maskCredentialsInLine },
    autoLogging: { ignore: (request) => UNLOGGED_PATHS.some((path) => pathOf(request).startsWith(path)) },
    serializers: {
      err: loggableError,
      req: ({ method, url }: { method: string; url: string }) => ({ method, url }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
    quietReqLogger: true,
    // A page of the dashboard is a dozen requests: only those that went wrong are news.
    customLogLevel: (_, { statusCode }, error) =>
      error || statusCode >= 500 ? 'error' : statusCode >= 400 ? 'warn' : 'debug',
  };
  return [options, destination(format)];
}

/** Express takes from `url` what the middleware is mounted on, which is all of it. */
function pathOf(request: IncomingMessage & { originalUrl?: string }): string {
  return request.originalUrl ?? request.url ?? '';
}

function destination(format: LoggingConfiguration['format']): DestinationStream {
  if (format === 'json') return new LogOutput(droppedLine);
  const prettify = prettyFactory({
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname,app,context',
    messageFormat: '{if context}[{context}] {end}{msg}',
  });
  const output = new LogOutput((count) => prettify(droppedLine(count)));
  const stream = { write: (line: string) => output.write(prettify(line)), flushSync: () => output.flushSync() };
  return stream;
}

function droppedLine(count: number): string {
  const time = pino.stdTimeFunctions.isoTime();
  return `{"level":"warn"${time},"pid":${process.pid},"msg":"${count} lines were dropped here: nobody read stdout"}\n`;
}
