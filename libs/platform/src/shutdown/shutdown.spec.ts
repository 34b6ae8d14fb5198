import { Logger } from '@nestjs/common';
import { beforeEach, describe, expect, it } from 'vitest';
import { Shutdown } from './shutdown';

describe('Shutdown', () => {
  let shutdown: Shutdown;
  let events: string[];

  beforeEach(() => {
    Logger.overrideLogger(false);
    shutdown = new Shutdown();
    events = [];
  });

  const tell = (event: string) => async () => void events.push(event);

  it('runs the phases in their order, whichever was registered first', async () => {
    shutdown.on('flush', 'outbox', tell('flush'));
    shutdown.on('finish-work', 'tasks', tell('finish-work'));
    shutdown.on('stop-intake', 'consumers', tell('stop-intake'));
    await shutdown.beforeApplicationShutdown();
    expect(events).toEqual(['stop-intake', 'finish-work', 'flush']);
  });

  it('runs the actions of a phase side by side, and the next phase after all of them', async () => {
    const gate = closedGate();
    shutdown.on('finish-work', 'slow', () => gate.promise.then(tell('slow')));
    shutdown.on('finish-work', 'quick', async () => {
      events.push('quick');
      gate.resolve();
    });
    shutdown.on('flush', 'outbox', tell('flush'));
    await shutdown.beforeApplicationShutdown();
    expect(events).toEqual(['quick', 'slow', 'flush']);
  });

  it('goes on when an action fails, even one that throws at once', async () => {
    shutdown.on('stop-intake', 'broken', () => {
      throw new Error('broken');
    });
    shutdown.on('flush', 'outbox', tell('flush'));
    await shutdown.beforeApplicationShutdown();
    expect(events).toEqual(['flush']);
    expect(shutdown.stillRunning).toEqual([]);
  });

  it('knows what is still running', async () => {
    const gate = closedGate();
    shutdown.on('finish-work', 'slow', () => gate.promise);
    const ended = shutdown.beforeApplicationShutdown();
    expect(shutdown.stillRunning).toEqual(['finish-work: slow']);
    expect(shutdown.hasBegun).toBe(true);
    gate.resolve();
    await ended;
    expect(shutdown.stillRunning).toEqual([]);
  });
});

function closedGate(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((open) => {
    resolve = open;
  });
  return { promise, resolve };
}
