import type { Message } from 'amqplib';

/** What amqplib's types do not tell of a connection: how it takes frames from its socket. */
interface FrameSource {
  /** What has arrived and is not read yet. */
  rest: Buffer;
  readonly stream: { read(): Buffer | null };
  recvSinceLastCheck: boolean;
  recvFrame(): object | false;
}

/** A frame: its type, its channel, the length of its payload, the payload, and a byte that ends it. */
const FRAME = { type: 0, channel: 1, length: 3, payload: 7, end: 1 };
/** The frame in which a message's content begins: its class, two bytes of no use, the body's size, the properties. */
const HEADER = { type: 2, class: 60, size: FRAME.payload + 4 };

const unreadable = new WeakSet<object>();

/**
 * Has a connection (given by itself or one of its channels) bear messages whose headers cannot be read: they arrive without any. amqplib reads tables by
 * recursion, and where that is too deep for the stack (20,000 lists in each other are a header of 100 KB), it gives up
 * the connection; the broker would deliver again, up to the limit, that message and all that were in flight with it.
 */
export function bearUnreadableHeaders({ connection }: { connection: object }): void {
  const source = connection as unknown as FrameSource;
  if (Object.hasOwn(source, 'recvFrame')) return;
  const recvFrame = source.recvFrame.bind(source);
  source.recvFrame = () => {
    if (!hasFrame(source)) return false;
    const frame = source.rest;
    try {
      return recvFrame();
    } catch (error) {
      if (frame[FRAME.type] !== HEADER.type) throw error;
      return headerWithoutFields(frame);
    }
  };
}

/** Whether a message came without the properties and headers it was published with. */
export function hasUnreadableHeaders({ properties }: Pick<Message, 'properties'>): boolean {
  return unreadable.has(properties);
}

/** Reads on until there is a whole frame, if as much has arrived. */
function hasFrame(source: FrameSource): boolean {
  while (!beginsWithFrame(source.rest)) {
    const incoming = source.stream.read();
    if (incoming === null) return false;
    source.recvSinceLastCheck = true;
    source.rest = Buffer.concat([source.rest, incoming]);
  }
  return true;
}

function beginsWithFrame(bytes: Buffer): boolean {
  return bytes.length >= FRAME.payload && bytes.length >= FRAME.payload + bytes.readUInt32BE(FRAME.length) + FRAME.end;
}

/** As amqplib would have read it. */
function headerWithoutFields(frame: Buffer): object {
  const fields = {};
  unreadable.add(fields);
  const size = Number(frame.readBigUInt64BE(HEADER.size));
  return { id: HEADER.class, channel: frame.readUInt16BE(FRAME.channel), size, fields };
}
