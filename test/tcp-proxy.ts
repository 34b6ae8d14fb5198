import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and can be taken away or frozen, which the real servers of a test cannot. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private server?: Server;
  private frozen = false;
  private port = 0;

  /** @param url of the real server. */
  constructor(private readonly target: URL) {}

  /** Lets connections through. Always on the same port, so that clients find it again. */
  async open(): Promise<void> {
    this.server = createServer((client) => this.forward(client));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** A free port that nothing listens on, for a server that is away from the start. */
  async reserve(): Promise<void> {
    await this.open();
    await this.cut();
  }

  /** The target's URL, by way of this proxy. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.port}`;
    return url.toString();
  }

  /** Breaks all connections and refuses new ones. */
  async cut(): Promise<void> {
    const closed = this.server && once(this.server.close(), 'close');
    for (const socket of this.sockets) socket.destroy();
    await closed;
    this.server = undefined;
  }

  /** Keeps all connections and accepts new ones, but nothing gets through. */
  freeze(): void {
    this.frozen = true;
    for (const socket of this.sockets) socket.pause();
  }

  thaw(): void {
    this.frozen = false;
    for (const socket of this.sockets) socket.resume();
  }

  private forward(client: Socket): void {
    const server = connect(Number(this.target.port), this.target.hostname);
    this.link(client, server);
    this.link(server, client);
  }

  private link(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', (data) => to.write(data));
    from.on('error', () => undefined);
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    if (this.frozen) from.pause();
  }
}
