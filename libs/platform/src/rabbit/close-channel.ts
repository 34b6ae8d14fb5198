import type { Channel } from 'amqplib';

/**
 * Closes a channel, and hears also that the connection was lost meanwhile: amqplib's own promise is never settled then.
 * @throws Error when the broker did not confirm it.
 */
export async function closeChannel(channel: Channel): Promise<void> {
  const lost = new Promise<never>((_, reject) => {
    // Told of a closing in good order as well, but only after its promise.
    channel.once('close', () => reject(new Error('the connection was lost')));
  });
  // close() throws at once on a channel that is closing already.
  lost.catch(() => undefined);
  await Promise.race([channel.close(), lost]);
}
