import { connect } from 'amqplib';

/** Looks at a queue. Without consumers nothing of it is in anybody's hands: all its messages are counted. */
export async function queueState(url: string, queue: string): Promise<{ messages: number; consumers: number }> {
  const connection = await connect(url);
  try {
    const channel = await connection.createChannel();
    const { messageCount: messages, consumerCount: consumers } = await channel.checkQueue(queue);
    return { messages, consumers };
  } finally {
    await connection.close();
  }
}
