import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { DEAD_LETTER_REASONS, DeadLetters, EventsConfiguration } from '@budget-buddy/events';
import { describeError, loadConfiguration, RabbitConfiguration } from '@budget-buddy/platform';
import { listLetters, replayLetters, showLetter } from './dead-letters/commands';
import { readFilter } from './dead-letters/filter';
import { UsageError } from './usage-error';

const USAGE = `The events that could not be handled. Works on the broker that BUDGETBUDDY_RABBITMQ_URL names.

  npm run dead-letters -- list                  a line each: id, since when, event, reason, error
  npm run dead-letters -- show <id>             one whole: headers, history, body
  npm run dead-letters -- replay [--yes]        has them handled again; without --yes only says which

Which ones (for list and replay; together they must all hold):
  --id <id>            that one, by the beginning of its id
  --reason <reason>    ${DEAD_LETTER_REASONS.slice(0, 5).join(', ')},
                       ${DEAD_LETTER_REASONS.slice(5).join(', ')}
  --event <name>       of that event
  --since <time>       dead since then, ISO 8601 with an offset, e.g. 2026-11-22T10:00:00Z
  --until <time>       dead before then

A replayed event has all its tries again, and comes back here if it fails again: once. What came without headers that can be
read is never replayed.
`;

const COMMANDS = { list: listLetters, show: showLetter, replay: replayLetters };

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      id: { type: 'string' },
      reason: { type: 'string' },
      event: { type: 'string' },
      since: { type: 'string' },
      until: { type: 'string' },
      yes: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const [name = '', id = values.id] = positionals;
  if (values.help) return print(USAGE);
  const command = Object.entries(COMMANDS).find(([word]) => word === name)?.[1];
  if (!command || (name === 'show' && !id)) throw UsageError.noSuchCall(positionals, USAGE);
  const filter = readFilter({ ...values, id });
  const letters = await open();
  try {
    print(await command(letters, filter, values.yes ?? false));
  } finally {
    await letters.close();
  }
}

async function open(): Promise<DeadLetters> {
  const configuration = loadConfiguration([RabbitConfiguration, EventsConfiguration]);
  return DeadLetters.connect(configuration.get(RabbitConfiguration), configuration.get(EventsConfiguration).queue);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
});
