import type { IncomingHttpHeaders } from 'node:http';
import { BlockList, isIPv6 } from 'node:net';

/** What tells whether a request was made on this machine. */
export interface RequestOrigin {
  remoteAddress: string | undefined;
  headers: IncomingHttpHeaders;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const PROXY_HEADER = /^(forwarded|via|x-forwarded(-.+)?|x-real-ip|x-client-ip|true-client-ip|cf-connecting-ip)$/;

/**
 * Whether a browser on this machine asked, and asked for this machine: from a loopback address, through no proxy that
 * tells of itself, and under a loopback name (a foreign page whose own name was made to resolve to 127.0.0.1, DNS
 * rebinding, sends that name as `Host`).
 */
export function isLocal({ remoteAddress, headers }: RequestOrigin): boolean {
  if (!remoteAddress || !LOOPBACK.check(remoteAddress, isIPv6(remoteAddress) ? 'ipv6' : 'ipv4')) return false;
  if (Object.keys(headers).some((name) => PROXY_HEADER.test(name))) return false;
  return LOOPBACK_HOST.test(headers.host ?? '');
}
