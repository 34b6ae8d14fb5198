import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A way to the real Redis that can be cut, frozen and opened again: Redis as a process behind it sees it. */
export class RedisRelay {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;
  private readonly target = new URL(process.env['BUDGETBUDDY_REDIS_URL'] ?? '');

  /** The way's own URL, the same after each opening. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.port}`;
    return url.href;
  }

  async open(): Promise<void> {
    this.server = createServer((inside) => this.join(inside)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** Connections break, new ones are refused. */
  async cut(): Promise<void> {
    const closed = this.server && once(this.server, 'close');
    this.server?.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** Connections stand, nothing comes back any more. */
  freeze(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  private join(inside: Socket): void {
    const outside = connect(Number(this.target.port || 6379), this.target.hostname);
    for (const [from, to] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      this.sockets.add(from.on('error', () => to.destroy()).on('close', () => to.destroy()));
      from.pipe(to);
    }
  }
}
