import { AsyncLocalStorage } from 'node:async_hooks';
import { type INestApplication, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ConfigurationModule } from '../configuration/configuration-module';
import { AppLogger } from './app-logger';
import { LogOutput } from './log-output';
import { LoggingModule } from './logging-module';

@Module({ imports: [ConfigurationModule.forRoot(), LoggingModule] })
class ProbedModule {}

let app: INestApplication;

beforeAll(async () => {
  app = await NestFactory.create(ProbedModule, { bufferLogs: true });
  app.useLogger(app.get(AppLogger));
  await app.listen(0, '127.0.0.1');
});

afterAll(() => app.close());

it('makes no asynchronous context for a request, which would slow down every await from then on', async () => {
  const run = vi.spyOn(AsyncLocalStorage.prototype, 'run');
  await fetch(`${await app.getUrl()}/health/live`);
  expect(run).not.toHaveBeenCalled();
});

it('logs requests that went wrong, once', async () => {
  const lines: string[] = [];
  vi.spyOn(LogOutput.prototype, 'write').mockImplementation((line) => void lines.push(line));
  await fetch(`${await app.getUrl()}/nowhere`);
  await vi.waitFor(() => expect(lines).toHaveLength(1));
  expect(JSON.parse(lines[0]!)).toMatchObject({ level: 'warn', req: { url: '/nowhere' }, res: { statusCode: 404 } });
});

it.each([
  [[{ key: 'a', ms: 1 }, 'task done'], { level: 'info', context: 'Here', key: 'a', ms: 1, msg: 'task done' }],
  [[{ options: { password: 'secret' } }, 'with'], { level: 'info', options: { password: '***' }, msg: 'with' }],
  [['a text'], { level: 'info', context: 'Here', msg: 'a text' }],
  [[new Error('failed'), 'why'], { level: 'info', context: 'Here', err: { message: 'failed' }, msg: 'why' }],
])('writes what is logged as one line, at the time of now: %j', (said, line) => {
  const lines: string[] = [];
  vi.spyOn(LogOutput.prototype, 'write').mockImplementation((text) => void lines.push(text));
  const before = Date.now();
  const [message, ...more] = said;
  new Logger('Here').log(message, ...more);
  const [written] = lines.map((text) => JSON.parse(text) as { time: string });
  expect(written).toMatchObject(line);
  expect(Date.parse(written!.time)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(written!.time)).toBeLessThanOrEqual(Date.now());
});
