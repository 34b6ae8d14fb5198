const SCHEME = '[a-z][a-z\\d+.-]*://';
const SECRET_PARAMETERS = /([?&](?:password|secret|token|sslpassword)=)[^&\s"\\]*/gi;

/** A URL reaches to whatever of `end` comes first, or to the comma before the next URL of a list. */
const urlsUntil = (end: string) => new RegExp(`(${SCHEME})([^]*?)(?=,\\s*${SCHEME}|${end})`, 'gi');

const IN_TEXT = urlsUntil('\\s|$');
const IN_JSON = urlsUntil('[\\s"\\\\]|$');
const IN_VALUE = urlsUntil('$');

/** Replaces the passwords of all URLs in a text by `***`. */
export function maskCredentials(text: string): string {
  return mask(text, IN_TEXT);
}

/** {@link maskCredentials} for a line of JSON, which stays valid JSON. Cheap for lines without a URL. */
export function maskCredentialsInLine(line: string): string {
  return line.includes('://') ? mask(line, IN_JSON) : line;
}

/**
 * {@link maskCredentials} for a text that should be one URL or several, but may be none: a password with white space
 * in it is why it is shown, and must not be seen. Where there is no URL, a scheme may be misspelt: all before the last @
 * counts as credentials.
 */
export function maskCredentialsInValue(value: string): string {
  const masked = mask(value, IN_VALUE);
  return masked === value ? value.replace(/^[^]*(?=@)/, '***') : masked;
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
