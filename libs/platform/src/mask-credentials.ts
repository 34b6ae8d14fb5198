const SCHEME = '[a-z][a-z\\d+.-]*://';
/** A URL ends at white space, or at the comma before the next one (lists of URLs). */
const URLS = new RegExp(`(${SCHEME})(\\S*?)(?=,${SCHEME}|\\s|$)`, 'gi');
/** Within a line of JSON a URL ends at the quote, too. */
const URLS_IN_LINE = new RegExp(`(${SCHEME})([^\\s"\\\\]*?)(?=,${SCHEME}|[\\s"\\\\]|$)`, 'gi');
const SECRET_PARAMETERS = /([?&](?:password|secret|token|sslpassword)=)[^&\s"\\]*/gi;

/**
 * Replaces the passwords of all URLs in a text by `***`, whether the URLs are valid or not: what cannot be read as
 * a URL is where a password is most likely to be shown.
 */
export function maskCredentials(text: string): string {
  return mask(text, URLS);
}

/** {@link maskCredentials} for a line of JSON, which stays valid JSON. Cheap for lines without a URL. */
export function maskCredentialsInLine(line: string): string {
  return line.includes('://') ? mask(line, URLS_IN_LINE) : line;
}

function mask(text: string, urls: RegExp): string {
  return text
    .replace(urls, (_url, scheme: string, rest: string) => scheme + maskUserInfo(rest))
    .replace(SECRET_PARAMETERS, '$1***');
}

function maskUserInfo(rest: string): string {
  // The last @, because an unescaped password may hold one.
  const end = rest.lastIndexOf('@');
  if (end < 0) return rest;
  const colon = rest.slice(0, end).indexOf(':');
  const user = colon < 0 ? '' : rest.slice(0, colon + 1);
  return `${user}***${rest.slice(end)}`;
}
