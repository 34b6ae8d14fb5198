import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { EventHandlersError } from '@budget-buddy/events';
import { InvalidConfigurationError, SchemaOutOfDateError, StartupError } from '@budget-buddy/platform';
import { TaskHandlerError, TaskRoutingError } from '@budget-buddy/tasks';
import { afterEach, describe, expect, it } from 'vitest';
import { FixtureProcess } from './fixture-process';

let app: FixtureProcess | undefined;
afterEach(() => app?.end());

describe('a process that cannot start', () => {
  it('tells all that is wrong with its configuration in one message, and exits 1', async () => {
    app = new FixtureProcess({
      FIXTURE: 'servers',
      BUDGETBUDDY_POSTGRES_POOL_SIZE: 'many',
      BUDGETBUDDY_RABBITMQ_URL: 'http://guest:secret@rabbitmq',
      BUDGETBUDDY_LOG_LEVEL: 'loud',
    });
    expect(await app.exit()).toBe(1);
    expect(app.output.trim().split('\n')).toEqual([
      'worker cannot start. The configuration is invalid (3):',
      '  BUDGETBUDDY_POSTGRES_POOL_SIZE is "many": it must be a number',
      expect.stringContaining(
        '  BUDGETBUDDY_RABBITMQ_URL is "http://guest:***@rabbitmq": it must be a URL such as amqp:',
      ),
      expect.stringContaining(
        '  BUDGETBUDDY_LOG_LEVEL is "loud": it must be one of the following values: trace, debug',
      ),
    ]);
  });

  it('tells what does not fit together in one line, without a stack', async () => {
    app = new FixtureProcess({ FIXTURE: 'misfit' });
    expect(await app.exit()).toBe(1);
    expect(app.output).toBe('worker cannot start. the task "mend_shoe" has no handler\n');
  });

  it.each([InvalidConfigurationError, SchemaOutOfDateError, TaskRoutingError, TaskHandlerError, EventHandlersError])(
    'is kept from it by a $name in this way',
    (type) => expect(type.prototype).toBeInstanceOf(StartupError),
  );

  it('says so when its port is taken, and exits 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    app = new FixtureProcess({ FIXTURE_PORT: String((other.address() as AddressInfo).port) });
    expect(await app.exit()).toBe(1);
    expect(app.output).toContain('worker cannot start. Error: listen EADDRINUSE');
    other.close();
  });
});

describe('a process that starts', () => {
  it('writes one JSON object a line, with the app it is', async () => {
    app = new FixtureProcess({});
    await app.says('worker is up');
    const lines = app.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toEqual([expect.objectContaining({ level: 'info', app: 'worker', context: 'App' })]);
  });

  it('writes lines for people when told to, and loses none at its end', async () => {
    app = new FixtureProcess({ BUDGETBUDDY_LOG_FORMAT: 'pretty' });
    await app.says('worker is up');
    app.signal('SIGTERM');
    await app.exit();
    expect(app.output).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] INFO: \[App\] worker is up/);
    expect(app.output).toMatch(/Shut down, everything is done\n$/);
  });

  it('warns of a variable that is nearly one it knows', async () => {
    app = new FixtureProcess({ BUDGETBUDDY_HTTP_HOSTT: '0.0.0.0' });
    await app.says(
      'BUDGETBUDDY_HTTP_HOSTT is not a variable of this app and has no effect. BUDGETBUDDY_HTTP_HOST was meant?',
    );
  });
});
