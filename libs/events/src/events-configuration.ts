import { durationBetween, parseList, Variable } from '@budget-buddy/platform';
import { ArrayMaxSize, ArrayNotEmpty, IsInt, Matches, Max, Min } from 'class-validator';
import type { Temporal } from 'temporal-polyfill';

/** Names as RabbitMQ has them in all its tools, and short enough for the suffixes of the derived queues. */
const BROKER_NAME = /^[A-Za-z0-9_.:-]{1,200}$/;
const BROKER_NAME_EXPECTED = { message: '$property must be 1 to 200 of the characters A-Z a-z 0-9 _ . : -' };

/** Domain events: where they come from, how often they are tried, and how they get out. */
export class EventsConfiguration {
  @Variable('BUDGETBUDDY_RABBITMQ_EXCHANGE', {
    description: 'Topic exchange that carries the domain events.',
    default: 'domain_events',
  })
  @Matches(BROKER_NAME, BROKER_NAME_EXPECTED)
  exchange!: string;

  @Variable('BUDGETBUDDY_RABBITMQ_QUEUE', {
    description: "This service's queue on that exchange. Its retry and dead-letter queues are named after it.",
    default: 'budget-buddy.scheduler',
  })
  @Matches(BROKER_NAME, BROKER_NAME_EXPECTED)
  queue!: string;

  @Variable('BUDGETBUDDY_RABBITMQ_PREFETCH', {
    description: 'Most events a process handles at the same time.',
    default: '500',
  })
  @IsInt()
  @Min(1)
  @Max(65_535)
  prefetch!: number;

  @Variable('BUDGETBUDDY_EVENT_RETRY_DELAYS', {
    description:
      'How long an event whose handler failed waits before each further try; after the last one it goes to the ' +
      'dead letters. Outages of PostgreSQL do not count as failures.',
    default: 'PT1S,PT5S,PT30S,PT2M',
    parse: parseDelays,
  })
  @ArrayNotEmpty()
  @ArrayMaxSize(20)
  retryDelays!: Temporal.Duration[];

  @Variable('BUDGETBUDDY_EVENT_MAX_BYTES', {
    description: 'Largest body of an event that is read or written, in bytes.',
    default: '262144',
  })
  @IsInt()
  @Min(1_024)
  @Max(16_777_216)
  maxBytes!: number;

  @Variable('BUDGETBUDDY_OUTBOX_POLL_INTERVAL', {
    description:
      'How often the outbox is looked at for events of other processes. Events of the same process are published ' +
      'at once, as soon as their transaction is committed; while hundreds are added in a second, within 0.3 s.',
    default: 'PT1S',
    parse: durationBetween('PT0.01S', 'PT1M'),
  })
  outboxPollInterval!: Temporal.Duration;

  @Variable('BUDGETBUDDY_OUTBOX_RETENTION', {
    description: 'How long an event is kept in the outbox after it was published. See [retention](retention.md).',
    default: 'P7D',
    parse: durationBetween('PT1H', 'P36500D'),
  })
  outboxRetention!: Temporal.Duration;
}

const parseDelay = durationBetween('PT0.001S', 'P7D');

function parseDelays(text: string): Temporal.Duration[] {
  return parseList(text).map(parseDelay);
}
