const EXPECTED = 'a URL such as amqp://user:password@host:5672/vhost, or several separated by commas';
const BROKER_URL = /^(?<scheme>amqps?:\/\/)(?:(?<user>.*)@)?(?<hosts>[^/?@]+)(?<rest>.*)$/;

/**
 * Reads broker URLs as Celery, kombu and amqplib write them, one URL for each host: whole URLs separated by commas,
 * or hosts separated by commas within one URL (`amqp://user:password@a:5672,b:5672//`).
 * No path, `/` and `//` all mean the vhost `/`; otherwise the vhost is what follows the first slash.
 * @throws Error whose message says what was expected.
 */
export function parseBrokerUrls(text: string): string[] {
  return text.split(/,\s*(?=amqps?:\/\/)/).flatMap(urlsOfHosts);
}

function urlsOfHosts(text: string): string[] {
  const { scheme, user, hosts, rest } = BROKER_URL.exec(text)?.groups ?? {};
  if (scheme === undefined || hosts === undefined) throw new Error(EXPECTED);
  const credentials = user === undefined ? '' : `${user}@`;
  return hosts.split(',').map((host) => withExplicitVhost(scheme + credentials + host.trim() + (rest ?? '')));
}

/** amqplib unescapes the path, so that only `%2F` is the vhost `/` for all readers of the URL. */
function withExplicitVhost(text: string): string {
  try {
    const url = new URL(text);
    url.pathname = `/${encodeURIComponent(decodeURIComponent(url.pathname.slice(1)) || '/')}`;
    return url.toString();
  } catch {
    throw new Error(EXPECTED);
  }
}
