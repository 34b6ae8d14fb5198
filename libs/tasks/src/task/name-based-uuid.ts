import { hash } from 'node:crypto';

/**
 * Makes ids that follow from names: UUIDv5 (RFC 9562, 5.5) within a namespace, which is a UUID itself. The `uuid` library, with
 * which the tests compare it, takes four times as long, and a renewal has two of them.
 */
export function nameBasedUuids(namespace: string): (name: string) => string {
  const prefix = Buffer.from(namespace.replaceAll('-', ''), 'hex');
  return (name) => {
    const digest = hash('sha1', Buffer.concat([prefix, Buffer.from(name)]), 'hex');
    // Of the digest's first 128 bits, four say that it is a version 5, and two that it is one of the RFC's: 10.
    const variant = ((parseInt(digest.charAt(16), 16) & 0b0011) | 0b1000).toString(16);
    const [low, middle, high] = [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`];
    return `${low}-${middle}-${high}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  };
}
