import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Channel, ConsumeMessage } from 'amqplib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Acknowledgements } from './acknowledgements';

/** What a broker makes of the answers on one channel; an answer for what is not there closes it, as RabbitMQ does. */
class BrokerSide {
  readonly unanswered = new Set<number>();
  readonly acknowledged: number[] = [];
  readonly nacked: [number, boolean][] = [];
  frames = 0;
  /** It would close the channel for one. */
  errors = 0;

  deliver(): ConsumeMessage {
    const deliveryTag = this.unanswered.size + this.acknowledged.length + this.nacked.length + 1;
    this.unanswered.add(deliveryTag);
    return { fields: { deliveryTag } } as ConsumeMessage;
  }

  ack({ fields }: ConsumeMessage, multiple: boolean): void {
    this.frames++;
    const tags = [...this.unanswered].filter((tag) =>
      multiple ? tag <= fields.deliveryTag : tag === fields.deliveryTag,
    );
    if (!tags.includes(fields.deliveryTag)) this.fail(fields.deliveryTag);
    for (const tag of tags) this.unanswered.delete(tag);
    this.acknowledged.push(...tags);
  }

  nack({ fields }: ConsumeMessage, _multiple: boolean, requeue: boolean): void {
    if (!this.unanswered.delete(fields.deliveryTag)) this.fail(fields.deliveryTag);
    this.nacked.push([fields.deliveryTag, requeue]);
  }

  private fail(tag: number): never {
    this.errors++;
    throw new Error(`unknown delivery tag ${tag}`);
  }
}

function start(count: number) {
  const broker = new BrokerSide();
  const acknowledgements = new Acknowledgements(broker as unknown as Channel);
  const messages = Array.from({ length: count }, () => broker.deliver());
  for (const message of messages) acknowledgements.received(message);
  return { broker, acknowledgements, messages };
}

function shuffled(count: number) {
  const tags = Array.from({ length: count }, (_, index) => index);
  return fc.shuffledSubarray(tags, { maxLength: count });
}

describe('Acknowledgements', () => {
  it('say of each message what was said of it, and nothing of any other, in whatever order and turn', async () => {
    const answer = fc.constantFrom('ack' as const, 'requeue' as const, 'dead-letter' as const);
    const turns = shuffled(12).chain((order) =>
      fc.record({
        order: fc.constant(order),
        answers: fc.array(fc.record({ answer, turnEnds: fc.boolean() }), { minLength: 12, maxLength: 12 }),
        holdAt: fc.nat(20),
      }),
    );
    await fc.assert(
      fc.asyncProperty(turns, async ({ order, answers, holdAt }) => {
        const { broker, acknowledgements, messages } = start(12);
        const expected = { ack: [] as number[], nack: [] as [number, boolean][] };
        for (const [index, place] of order.entries()) {
          const { answer, turnEnds } = answers[index]!;
          if (index === holdAt) acknowledgements.hold();
          if (answer === 'ack') {
            acknowledgements.ack(messages[place]!);
            expected.ack.push(place + 1);
          } else {
            acknowledgements.nack(messages[place]!, answer);
            expected.nack.push([place + 1, answer === 'requeue']);
          }
          if (turnEnds) await nextTurn();
        }
        acknowledgements.flush();
        expect([...broker.acknowledged].sort()).toEqual(expected.ack.sort());
        expect(broker.nacked).toEqual(expected.nack);
        expect(broker.errors).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('are one frame for all that is done in a turn, when nothing older is open', async () => {
    const { broker, acknowledgements, messages } = start(200);
    for (const message of messages.slice(0, 100).toReversed()) acknowledgements.ack(message);
    expect(broker.frames).toBe(0);
    await nextTurn();
    expect(broker.acknowledged).toHaveLength(100);
    expect(broker.frames).toBe(1);
    for (const message of messages.slice(100)) acknowledgements.ack(message);
    await nextTurn();
    expect(broker.acknowledged).toHaveLength(200);
    expect(broker.frames).toBe(2);
  });

  it.each<[string, (acknowledgements: Acknowledgements, first: ConsumeMessage) => void, number]>([
    ['given back', (acknowledgements, first) => acknowledgements.nack(first, 'requeue'), 1],
    ['done before the older ones', (acknowledgements, first) => acknowledgements.ack(first), 2],
  ])('are one frame also when one in the middle was %s', async (_, answer, frames) => {
    const { broker, acknowledgements, messages } = start(5);
    answer(acknowledgements, messages[2]!);
    await nextTurn();
    for (const place of [0, 1, 3, 4]) acknowledgements.ack(messages[place]!);
    await nextTurn();
    expect([...broker.unanswered]).toEqual([]);
    expect([broker.frames, broker.errors]).toEqual([frames, 0]);
  });

  it('do not wait for an older message that takes long', async () => {
    const { broker, acknowledgements, messages } = start(3);
    acknowledgements.ack(messages[1]!);
    acknowledgements.ack(messages[2]!);
    await nextTurn();
    expect(broker.acknowledged).toEqual([2, 3]);
    expect([...broker.unanswered]).toEqual([1]);
  });

  it('are held once there is nothing more to come, and are one frame then', async () => {
    const { broker, acknowledgements, messages } = start(200);
    acknowledgements.ack(messages[0]!);
    acknowledgements.hold();
    expect(broker.acknowledged).toEqual([1]);
    for (const message of messages.slice(1).toReversed()) {
      acknowledgements.ack(message);
      await nextTurn();
    }
    expect(broker.acknowledged).toEqual([1]);
    acknowledgements.flush();
    expect([...broker.unanswered]).toEqual([]);
    expect(broker.frames).toBe(2);
  });

  it('are lost with their channel, without harm', async () => {
    const { broker, acknowledgements, messages } = start(2);
    broker.unanswered.clear();
    acknowledgements.ack(messages[0]!);
    acknowledgements.nack(messages[1]!, 'requeue');
    await nextTurn();
    expect(broker.acknowledged).toEqual([]);
  });
});
