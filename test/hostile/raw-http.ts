import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * Sends bytes as they are, which no HTTP client would send, and ends its side.
 * @param address of the server, as a URL. @returns all it answered before it closed; nothing if it only closed.
 */
export async function askRaw(address: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  socket.write(bytes, 'latin1');
  return text(socket).catch(() => '');
}
