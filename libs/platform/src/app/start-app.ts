import { type DynamicModule, type INestApplication, Logger, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppLogger } from '../logging/app-logger';
import { maskCredentials } from '../mask-credentials';
import { DatabaseUnavailableError } from '../postgres/database-unavailable-error';
import { endOnSignals } from '../shutdown/end-on-signals';
import { AppName } from './app-name';
import { HttpConfiguration } from './http-configuration';
import { StartupError } from './startup-error';

/** What {@link startApp} needs to know of an app. */
interface StartAppOptions {
  /** Labels log lines and connections. */
  name: 'scheduler' | 'worker' | 'dashboard';
  /** Where to listen; asked once the app is made, so that it can come from its configuration. 0: any free port. */
  port: (app: INestApplication) => number;
}

/**
 * Starts an app as a process of its own: logging, signals, HTTP server. Whatever keeps it from starting is told on
 * stderr and ends the process with exit code 1. The module imports ConfigurationModule and LoggingModule.
 */
export async function startApp(module: Type, options: StartAppOptions): Promise<INestApplication> {
  const beforeStart = (): never => process.exit(0);
  process.on('SIGTERM', beforeStart).on('SIGINT', beforeStart);
  try {
    const app = await create(module, options);
    // In this order, so that there is no moment without a handler, in which Node would end with the signal.
    endOnSignals(app);
    process.off('SIGTERM', beforeStart).off('SIGINT', beforeStart);
    await listen(app, options);
    return app;
  } catch (error) {
    return fail(options.name, error);
  }
}

async function create(module: Type, { name }: StartAppOptions): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.of(name, module), {
    bufferLogs: true,
    autoFlushLogs: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.useLogger(app.get(AppLogger));
  app.flushLogs();
  app.disable('x-powered-by');
  endOnUnhandledErrors();
  return app;
}

async function listen(app: INestApplication, { name, port }: StartAppOptions): Promise<void> {
  await app.listen(port(app), app.get(HttpConfiguration).host);
  new Logger('App').log(`${name} is up, its health on ${await app.getUrl()}/health/ready`);
}

/** As Node does without being asked, but through the log. */
function endOnUnhandledErrors(): void {
  const end = (error: unknown): never => {
    new Logger('App').fatal({ err: error }, 'Unhandled error, ending the process');
    return process.exit(1);
  };
  process.on('uncaughtException', end).on('unhandledRejection', end);
}

function fail(name: string, error: unknown): never {
  process.stderr.write(`${name} cannot start. ${maskCredentials(describe(error))}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  // The message is all an operator needs.
  if (error instanceof StartupError || error instanceof DatabaseUnavailableError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

@Module({})
class AppModule {
  static of(name: string, module: Type): DynamicModule {
    const appName = { provide: AppName, useValue: new AppName(name) };
    return { module: AppModule, global: true, imports: [module], providers: [appName], exports: [AppName] };
  }
}
