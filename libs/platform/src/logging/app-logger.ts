import { Injectable, type LoggerService } from '@nestjs/common';
import { Logger as NestPino, PinoLogger } from 'nestjs-pino';
import type { Logger } from 'pino';

/** What tells about wiring, not about work. (golevelup says "Successfully connected" before it is.) */
const WIRING = new Set([
  'NestFactory',
  'InstanceLoader',
  'NestApplication',
  'RoutesResolver',
  'RouterExplorer',
  'AmqpConnection',
  'RabbitMQModule',
]);

/** Nest's logger, with the frameworks' good news at level debug: a process that starts well says one line. */
@Injectable()
export class AppLogger implements LoggerService {
  constructor(private readonly pino: NestPino) {}

  log(message: unknown, ...parameters: unknown[]): void {
    const [text, context] = parameters;
    if (WIRING.has(String(parameters.at(-1)))) this.pino.debug(message, ...parameters);
    // A line a task: nestjs-pino comes to the same by way of five calls that each copy what they are given.
    else if (root() && isPlain(message) && typeof text === 'string' && parameters.length === 2)
      root()!.info({ context, ...message }, text);
    else this.pino.log(message, ...parameters);
  }

  error(message: unknown, ...parameters: unknown[]): void {
    this.pino.error(message, ...parameters);
  }

  warn(message: unknown, ...parameters: unknown[]): void {
    this.pino.warn(message, ...parameters);
  }

  debug(message: unknown, ...parameters: unknown[]): void {
    this.pino.debug(message, ...parameters);
  }

  verbose(message: unknown, ...parameters: unknown[]): void {
    this.pino.verbose(message, ...parameters);
  }

  fatal(message: unknown, ...parameters: unknown[]): void {
    this.pino.fatal(message, ...parameters);
  }
}

function isPlain(message: unknown): message is object {
  return typeof message === 'object' && message !== null && !(message instanceof Error);
}

/** Not there before the app listens. */
function root(): Logger | undefined {
  return PinoLogger.root;
}
