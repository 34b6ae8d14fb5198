import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

const CLEARTEXT_PASSWORD = Buffer.from([...Buffer.from('R'), 0, 0, 0, 8, 0, 0, 0, 3]);
const FIELDS = 'SFATAL\0C28P01\0Mpassword authentication failed for user "u"\0\0';

/** A PostgreSQL as far as to ask for a password, and to refuse it: the private one trusts whoever comes. */
export class RefusingPostgres {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<RefusingPostgres> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write(CLEARTEXT_PASSWORD);
        socket.once('data', () => socket.end(refusal()));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new RefusingPostgres(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  stop(): void {
    this.server.close();
  }
}

function refusal(): Buffer {
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeUInt32BE(4 + FIELDS.length, 1);
  return Buffer.concat([head, Buffer.from(FIELDS)]);
}
