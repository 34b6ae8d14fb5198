import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { TestBroker, waitFor } from '@budget-buddy/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let broker: TestBroker;

beforeAll(async () => {
  broker = await TestBroker.open();
});

afterAll(() => broker.drop());

/** Runs the command as npm does, and waits for its end. */
async function publish(words: string[], input?: string | Buffer) {
  const program = spawn(process.execPath, ['--require', './test/run-typescript.cjs', 'tools/publish.ts', ...words], {
    env: { ...process.env, ...broker.environment },
  });
  program.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => program.on('close', resolve));
  const [output, errors] = await Promise.all([text(program.stdout), text(program.stderr)]);
  return { output, errors, exitCode: await ended };
}

describe('npm run publish', () => {
  it('publishes fields as flat JSON, and nothing that was not asked for', async () => {
    const received = await broker.collect('PotOpened');
    const { output, exitCode } = await publish(['PotOpened', '--pot-id', 'p', '--total-limit', '5', '--count', '2']);
    expect(exitCode).toBe(0);
    expect(output).toBe(`published PotOpened 2 times to ${broker.exchange}: {"pot_id":"p","total_limit":5}\n`);
    await waitFor(() => received.length === 2);
    const { content, properties } = received[0]!;
    expect(content.toString()).toBe('{"pot_id":"p","total_limit":5}');
    expect(properties).toMatchObject({
      contentType: 'application/json',
      deliveryMode: 2,
      messageId: undefined,
      headers: {},
    });
  });

  it('publishes standard input as it is', async () => {
    const received = await broker.collect('PotOpened');
    const bytes = Buffer.from([0xff, 0x00, 0x7b]);
    expect((await publish(['PotOpened', '--file', '-'], bytes)).exitCode).toBe(0);
    await waitFor(() => received.length === 1);
    expect(received[0]?.content).toEqual(bytes);
  });

  it('says when nobody is listening', async () => {
    const { output, exitCode } = await publish(['PotBurnt', '--pot-id', 'p']);
    expect(output).toMatch(/^published, but no queue is bound for it: PotBurnt/);
    expect(exitCode).toBe(3);
  });

  it('says, without the password, when the broker is away, and how to call it', async () => {
    const away = await publish(['PotOpened', '--url', 'amqp://me:secret@127.0.0.1:1//']);
    expect(away).toMatchObject({ exitCode: 1, output: '' });
    expect(away.errors).toMatch(/^RabbitMQ at amqp:\/\/me:\*\*\*@127\.0\.0\.1:1\/%2F cannot be reached/);
    expect((await publish([])).exitCode).toBe(2);
  });
});
