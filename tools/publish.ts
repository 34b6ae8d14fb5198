import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { EventClient, EventsConfiguration } from '@budget-buddy/events';
import { describeError, loadConfiguration, RabbitConfiguration } from '@budget-buddy/platform';
import { type PublishArguments, readArguments } from './publish/publish-arguments';
import { publishBody } from './publish/publish-body';
import { UsageError } from './usage-error';

const USAGE = `Publishes a domain event, as any other service would.

  npm run publish -- <Event> --file <path>         the body is that file; - is standard input
  npm run publish -- <Event> --some-field <value>  the body is {"some_field": value}; may be added to a file

  --set name=value     a field whose name is taken by an option; or any other
  --count <n>          publish it n times
  --message-id <id>    sets the message_id; none is sent otherwise
  --url <amqp://…>     RabbitMQ, instead of BUDGETBUDDY_RABBITMQ_URL
  --exchange <name>    instead of BUDGETBUDDY_RABBITMQ_EXCHANGE

Values that look like numbers, true, false, null or JSON are sent as such ('"5"' is a text). Nothing is added to the
body, and nothing is checked: that is up to those who receive it.

Exit codes: 0 published; 1 not (or not all) published; 2 the call is wrong; 3 published, but no queue is bound for it.
`;

const EXIT = { published: 0, failed: 1, usage: 2, unroutable: 3 } as const;
/** Confirms are waited for in groups of this many. */
const AT_ONCE = 500;

async function main(words: readonly string[]): Promise<number> {
  if (words.includes('--help') || words.includes('-h')) return report(USAGE, EXIT.published);
  const call = readArguments(words);
  const body = publishBody(call, await readContent(call.file));
  const client = await connect(call);
  try {
    return await publish(client, call, body);
  } finally {
    await client.close().catch(() => undefined);
  }
}

async function publish(client: EventClient, call: PublishArguments, body: Buffer): Promise<number> {
  const options = call.messageId === undefined ? {} : { messageId: call.messageId };
  let unroutable = 0;
  for (let sent = 0; sent < call.count; sent += AT_ONCE) {
    const group = Array.from({ length: Math.min(AT_ONCE, call.count - sent) }, () =>
      client.publish(call.event, body, options),
    );
    for (const { routed } of await Promise.all(group)) unroutable += routed ? 0 : 1;
  }
  const times = call.count === 1 ? '' : ` ${call.count} times`;
  const what = `${call.event}${times} to ${client.exchange}: ${body.toString()}`;
  if (unroutable === 0) return report(`published ${what}\n`, EXIT.published);
  return report(`published, but no queue is bound for it: ${what}\n`, EXIT.unroutable);
}

async function connect({ url, exchange }: PublishArguments): Promise<EventClient> {
  const configuration = loadConfiguration([RabbitConfiguration, EventsConfiguration], {
    ...process.env,
    ...(url !== undefined && { BUDGETBUDDY_RABBITMQ_URL: url }),
    ...(exchange !== undefined && { BUDGETBUDDY_RABBITMQ_EXCHANGE: exchange }),
  });
  return EventClient.connect(configuration.get(RabbitConfiguration), configuration.get(EventsConfiguration).exchange);
}

async function readContent(file?: string): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  return file === '-' ? buffer(process.stdin) : readFile(file);
}

function report(text: string, exitCode: number): number {
  process.stdout.write(text);
  return exitCode;
}

main(process.argv.slice(2)).then(
  (exitCode) => (process.exitCode = exitCode),
  (error: unknown) => {
    const isUsage = error instanceof UsageError;
    process.stderr.write(`${describeError(error)}${isUsage ? `\n\n${USAGE}` : '\n'}`);
    process.exitCode = isUsage ? EXIT.usage : EXIT.failed;
  },
);
