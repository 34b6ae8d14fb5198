import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { deadLetterQueue } from '@budget-buddy/events';
import { TestBroker, waitFor } from '@budget-buddy/testing';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listsInEachOther, longString, RawPublisher, shortString } from '../../test/hostile/raw-publisher';

/** The flag of a message that has some. */
const HEADERS = 0x2000;

let broker: TestBroker;
let connection: ChannelModel;
let channel: Channel;

beforeAll(async () => {
  broker = await TestBroker.open();
  connection = await connect(broker.url);
  channel = await connection.createChannel();
  for (const queue of [broker.queue, deadLetterQueue(broker.queue)]) await channel.assertQueue(queue);
});

afterAll(async () => {
  await connection.close();
  await broker.drop();
});

const HISTORY = [{ at: '2026-11-22T09:59:00Z', attempt: 1, error: 'RangeError: no such pot' }];

beforeEach(async () => {
  await channel.purgeQueue(deadLetterQueue(broker.queue));
  put('old', 'invalid', '2026-11-21T10:00:00Z');
  put('spent', 'exhausted', '2026-11-22T10:00:00Z');
  put('new', 'invalid', '2026-11-23T10:00:00Z');
  await waitFor(async () => (await broker.waiting(deadLetterQueue(broker.queue))) === 3);
});

function put(name: string, reason: string, at: string): void {
  broker.sendToDeadLetters(Buffer.from(JSON.stringify({ name })), {
    messageId: name,
    headers: {
      'x-publisher': 'pots \u001b[2J',
      'x-\u001b[2J': '\u009b2J',
      'x-event-routing-key': 'PotBurnt',
      'x-event-first-received-at': '2026-11-20T10:00:00Z',
      'x-event-failures': 1,
      'x-event-history': JSON.stringify(HISTORY),
      'x-event-dead-letter-reason': reason,
      'x-event-dead-letter-error': `Error: ${name} is no pot`,
      'x-event-dead-lettered-at': at,
    },
  });
}

/** Runs the command as npm does, and waits for its end. */
async function deadLetters(...words: string[]) {
  const program = spawn(
    process.execPath,
    ['--require', './test/run-typescript.cjs', 'tools/dead-letters.ts', ...words],
    {
      env: { ...process.env, ...broker.environment },
    },
  );
  const ended = new Promise<number | null>((resolve) => program.on('close', resolve));
  const [output, errors] = await Promise.all([text(program.stdout), text(program.stderr)]);
  return { output, errors, exitCode: await ended };
}

async function inServiceQueue(): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let message; (message = await channel.get(broker.queue, { noAck: true }));) {
    found.push(message.properties.messageId);
  }
  return found;
}

const names = (output: string) => [...output.matchAll(/Error: (\w+) is no pot/g)].map(([, name]) => name);

describe('npm run dead-letters', () => {
  it('lists them with id, time, event, reason and error, by reason and by time', async () => {
    const { output, exitCode } = await deadLetters('list');
    expect(exitCode).toBe(0);
    const [first, ...rest] = output.trimEnd().split('\n');
    expect(first).toMatch(/^[0-9a-f]{12} {2}2026-11-21T10:00:00Z {2}PotBurnt {2}invalid {2}Error: old is no pot$/);
    expect(rest.at(-1)).toBe('3 dead letters');
    expect(names((await deadLetters('list', '--reason', 'invalid')).output)).toEqual(['old', 'new']);
    const day = ['--since', '2026-11-22T10:00:00Z', '--until', '2026-11-23T10:00:00Z'];
    expect(names((await deadLetters('list', ...day)).output)).toEqual(['spent']);
  });

  it('shows one whole: history, properties, headers and body, and lets none of it touch the terminal', async () => {
    const [, id] = /(\w+) .* spent is/.exec((await deadLetters('list')).output) ?? [];
    const { output } = await deadLetters('show', id!);
    expect(output).toMatch(/^\w+ {2}\S+ {2}PotBurnt {2}exhausted {2}Error: spent is no pot\n/);
    expect(output).toContain(`history:\n  ${JSON.stringify(HISTORY[0])}\n`);
    expect(output).toContain('  messageId: "spent"\n');
    expect(output).toContain('  x-publisher: "pots \\u001b[2J"\n');
    expect(output).toContain('  x-event-first-received-at: "2026-11-20T10:00:00Z"\n');
    expect(output).toContain('  x-\\x1b[2J: "\\x9b2J"\n');
    expect(output).not.toMatch(/[^\P{Cc}\n]/u);
    expect(output).toMatch(/body, 16 bytes:\n\{"name":"spent"\}\n$/);
  });

  it('says which and how many would be replayed, and changes nothing before it is told to', async () => {
    const preview = await deadLetters('replay', '--reason', 'invalid');
    expect(names(preview.output)).toEqual(['old', 'new']);
    expect(preview.output).toMatch(/\n2 dead letters would be replayed\. Nothing was changed; add --yes to do it\.\n$/);
    expect(await inServiceQueue()).toEqual([]);

    const done = await deadLetters('replay', '--reason', 'invalid', '--yes');
    expect(done).toMatchObject({ output: '2 dead letters replayed.\n', exitCode: 0 });
    expect(await inServiceQueue()).toEqual(['old', 'new']);
    expect(await broker.waiting(deadLetterQueue(broker.queue))).toBe(1);
  });

  it('leaves those whose headers cannot be read where they are, and says so', async () => {
    const publisher = await RawPublisher.connect(broker.url);
    const table = longString(Buffer.concat([shortString('deep'), listsInEachOther(25_000)]));
    const properties = { flags: HEADERS, bytes: table };
    await publisher.publish('', deadLetterQueue(broker.queue), properties, Buffer.from('{}'));
    await publisher.close();
    const left = 'Not replayable, for their headers cannot be read: 1 dead letter.\n';
    expect((await deadLetters('replay')).output.split('\n').slice(-3).join('\n')).toBe(
      `3 dead letters would be replayed. Nothing was changed; add --yes to do it.\n${left}`,
    );
    expect((await deadLetters('replay', '--yes')).output).toBe(`3 dead letters replayed.\n${left}`);
    expect(await inServiceQueue()).toEqual(['old', 'spent', 'new']);
    expect(await broker.waiting(deadLetterQueue(broker.queue))).toBe(1);
  });

  it('ends with 1 where there is no such dead letter, and where no dead letter can be meant', async () => {
    expect(await deadLetters('show', 'fff0')).toMatchObject({ output: '', exitCode: 1 });
    const reason = await deadLetters('replay', '--reason', 'exausted', '--yes');
    expect(reason).toMatchObject({ output: '', exitCode: 1 });
    expect(reason.errors).toMatch(/--reason is "exausted", expected one of invalid, /);
  });
});
