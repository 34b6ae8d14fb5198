import { instantText } from '@budget-buddy/platform';
import type { Options } from 'amqplib';
import type { Selectable } from 'kysely';
import type { OutboxTable } from './outbox-table';

/** Who publishes, as consumers see it: `app_id`, and the `source` of CloudEvents. */
const APP_ID = 'budget-buddy-tasks';
const SOURCE = `urn:${APP_ID}`;

/** What the relay reads of a row. */
export type OutboxRow = Pick<
  Selectable<OutboxTable>,
  'id' | 'message_id' | 'ordering_key' | 'type' | 'body' | 'mandatory' | 'created_at' | 'refusals'
>;

/**
 * The properties beside the flat body, the same at each publishing. The CloudEvents attributes are those of its
 * AMQP binding in binary mode, version 1.0.
 */
export function eventProperties({ message_id, type, created_at }: OutboxRow): Options.Publish {
  return {
    contentType: 'application/json',
    persistent: true,
    messageId: message_id,
    type,
    timestamp: Math.floor(created_at.epochMilliseconds / 1000),
    appId: APP_ID,
    headers: {
      'cloudEvents:id': message_id,
      'cloudEvents:type': type,
      'cloudEvents:source': SOURCE,
      'cloudEvents:time': instantText(created_at),
      'cloudEvents:specversion': '1.0',
    },
  };
}
