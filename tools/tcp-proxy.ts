import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Stands between a client and a server, and can be taken away, frozen or lossy, which the real servers of a test cannot. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private server?: Server;
  private frozen = false;
  private port = 0;
  /** How much later than it came each piece is passed on, in ms. */
  private delayMs = 0;
  private dropping = false;
  /** Connections that nothing gets through any more, ever. */
  private readonly lost = new Set<Socket>();
  private readonly toServer = new Set<Socket>();

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

  /** From now on everything arrives so much later, in both directions. @param delayMs 0: at once, as before. */
  slowDown(delayMs: number): void {
    this.delayMs = delayMs;
  }

  /**
   * From now on every byte is lost, and so is the news that a connection was closed: neither side hears of the other
   * again on the connections there are, nor on those that are made meanwhile.
   * @param serverNoticesMs when the server finds out by TCP keepalive, for which it was asked: it closes its ends then.
   */
  drop(serverNoticesMs?: number): void {
    this.dropping = true;
    for (const socket of this.sockets) this.lost.add(socket);
    if (serverNoticesMs === undefined) return;
    const lost = [...this.toServer].filter((socket) => this.lost.has(socket));
    setTimeout(() => lost.forEach((socket) => socket.destroy()), serverNoticesMs).unref();
  }

  /** Lets new connections through. Those that were lost stay dead. */
  stopDropping(): void {
    this.dropping = false;
  }

  private forward(client: Socket): void {
    if (this.dropping) return this.swallow(client);
    const server = connect(Number(this.target.port), this.target.hostname);
    this.toServer.add(server);
    server.on('close', () => this.toServer.delete(server));
    this.link(client, server);
    this.link(server, client);
  }

  private swallow(client: Socket): void {
    this.sockets.add(client);
    client.on('error', () => undefined);
    client.on('close', () => this.sockets.delete(client));
    client.resume();
  }

  private link(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.on('data', this.passingOnTo(to));
    from.on('error', () => undefined);
    from.on('close', () => {
      this.sockets.delete(from);
      if (!this.lost.delete(from)) to.destroy();
    });
    if (this.frozen) from.pause();
  }

  /** What came first is passed on first, also when the delay becomes shorter in between. */
  private passingOnTo(to: Socket): (data: Buffer) => void {
    const waiting: { data: Buffer; dueMs: number }[] = [];
    const passOn = () => {
      while (waiting[0] && waiting[0].dueMs <= performance.now()) this.write(to, waiting.shift()!.data);
      if (waiting[0]) setTimeout(passOn, Math.ceil(waiting[0].dueMs - performance.now()));
    };
    return (data) => {
      if (this.delayMs === 0 && waiting.length === 0) return this.write(to, data);
      waiting.push({ data, dueMs: performance.now() + this.delayMs });
      if (waiting.length === 1) setTimeout(passOn, this.delayMs);
    };
  }

  private write(to: Socket, data: Buffer): void {
    if (!this.lost.has(to) && !to.destroyed) to.write(data);
  }
}
