import type { ConfirmChannel, Message } from 'amqplib';

/** A frame as amqplib hands it to a channel: a method, the header of a content, or a part of its body. */
interface Frame {
  readonly id?: number;
  /** Of the whole body that follows a header. */
  readonly size?: number;
  readonly fields?: object;
  readonly content?: Buffer;
}

/** What amqplib's types do not tell of a channel. */
interface FrameReader {
  accept(frame: Frame): void;
}

/** How large the body was that a message came without; told from others by its properties, which amqplib passes on. */
const leftOut = new WeakMap<object, number>();

/**
 * Has a channel throw away, frame by frame, the bodies that are larger than `maxBytes`: their messages arrive empty.
 * amqplib would collect them whole, and a prefetch of 100 messages of 128 MiB (what RabbitMQ takes) is more memory than
 * there is. To be called before the channel consumes.
 */
export function leaveOutLargeBodies(channel: ConfirmChannel, maxBytes: number): void {
  const reader = channel as unknown as FrameReader;
  const accept = reader.accept.bind(channel);
  let missing = 0;
  reader.accept = (frame) => {
    const { size = 0, fields, content } = frame;
    if (missing > 0 && content) {
      missing -= content.length;
    } else if (fields && size > maxBytes) {
      missing = size;
      leftOut.set(fields, size);
      accept({ ...frame, size: 0 });
    } else {
      accept(frame);
    }
  };
}

/** Whether a message came without its body. */
export function isBodyLeftOut({ properties }: Pick<Message, 'properties'>): boolean {
  return leftOut.has(properties);
}

/** How many bytes a message's body has, or had. */
export function bodySize({ properties, content }: Pick<Message, 'properties' | 'content'>): number {
  return leftOut.get(properties) ?? content.length;
}
