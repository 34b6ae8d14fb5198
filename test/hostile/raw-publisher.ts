import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ChannelModel, type ConfirmChannel, connect } from 'amqplib';

const BASIC_PUBLISH = Buffer.from([0, 60, 0, 40, 0, 0]);
const FRAME_END = 0xce;
const FRAME = { method: 1, header: 2, body: 3 };

/** What a message's header frame says beside the body's size: which properties are there, and their bytes. */
export interface RawProperties {
  readonly flags: number;
  readonly bytes: Buffer;
}

/** Publishes what no client library would write: properties byte by byte. */
export class RawPublisher {
  private constructor(
    private readonly connection: ChannelModel,
    private readonly channel: ConfirmChannel,
  ) {}

  static async connect(url: string): Promise<RawPublisher> {
    const connection = await connect(url);
    return new RawPublisher(connection, await connection.createConfirmChannel());
  }

  /** Resolves when the broker has taken it over. */
  async publish(exchange: string, routingKey: string, { flags, bytes }: RawProperties, body: Buffer): Promise<void> {
    const size = Buffer.alloc(14);
    size.writeUInt16BE(60, 0);
    size.writeBigUInt64BE(BigInt(body.length), 4);
    size.writeUInt16BE(flags, 12);
    const method = Buffer.concat([BASIC_PUBLISH, shortString(exchange), shortString(routingKey), Buffer.from([0])]);
    const confirmed = once(this.channel, 'ack');
    this.write(FRAME.method, method);
    this.write(FRAME.header, Buffer.concat([size, bytes]));
    this.write(FRAME.body, body);
    await confirmed;
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  private write(type: number, payload: Buffer): void {
    const start = Buffer.alloc(7);
    start.writeUInt8(type, 0);
    start.writeUInt16BE((this.channel as unknown as { ch: number }).ch, 1);
    start.writeUInt32BE(payload.length, 3);
    const { stream } = (this.connection as unknown as { connection: { stream: Socket } }).connection;
    stream.write(Buffer.concat([start, payload, Buffer.from([FRAME_END])]));
  }
}

export function shortString(bytes: string | Buffer): Buffer {
  const content = Buffer.from(bytes as string);
  return Buffer.concat([Buffer.from([content.length]), content]);
}

export function longString(bytes: string | Buffer): Buffer {
  const content = Buffer.from(bytes as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** The bytes of a header's value: an `A` and the length of the rest, so many times. */
export function listsInEachOther(depth: number): Buffer {
  const bytes = Buffer.alloc(depth * 5);
  for (let level = 0; level < depth; level++) {
    bytes.write('A', level * 5);
    bytes.writeUInt32BE((depth - level - 1) * 5, level * 5 + 1);
  }
  return bytes;
}
