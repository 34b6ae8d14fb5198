/** Limited, for each letter of a long text may be the first. Some writers of JSON escape slashes; JSON may be in JSON. */
const SCHEME = '[a-z][a-z\\d+.-]{0,20}:(?:\\\\*/){2}';
/** A URL as another one carries it in its query. */
const ENCODED_URL = /([a-z][a-z\d+.-]{0,20}%3a%2f%2f)([^\s"\\&]*)/gi;
/** Of a URL's query, or of a list of settings such as `host=x password=y`. */
const SECRET_PARAMETERS = /([?&;\s](?:password|secret|token|sslpassword)=)[^&;\s"\\]*/gi;
const MAYBE_SECRET = /:(?:\\*\/){2}|%3a%2f%2f|(?:password|secret|token)=|"password":/i;
const PASSWORD_PROPERTY = '"password":';

/** A URL reaches as far as it has such characters, or to the comma before the next URL of a list. */
const urlsOf = (character: string) =>
  new RegExp(`(${SCHEME})((?:${character})*?)(?=,\\s*${SCHEME}|(?!${character}))`, 'gi');

const IN_TEXT = urlsOf('\\S');
/** An escaped quotation mark that is not the end of a quotation may be part of a password, as a backslash may. */
const IN_JSON = urlsOf('[^\\s"\\\\]|\\\\(?:[\\\\/]|"(?![\\s,:;)\\]}"\\\\]|$))');
const IN_VALUE = urlsOf('[^]');

/** Replaces the passwords of all URLs and settings in a text by `***`. */
export function maskCredentials(text: string): string {
  return mask(text, IN_TEXT);
}

/**
 * {@link maskCredentials} for a line of JSON, which stays valid JSON, and for what is called `password` in it, whatever it
 * is and however deep. Cheap for lines without a URL, a setting or a password.
 */
export function maskCredentialsInLine(line: string): string {
  if (!MAYBE_SECRET.test(line)) return line;
  return mask(line.includes(PASSWORD_PROPERTY) ? maskPasswords(line) : line, IN_JSON);
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
    .replace(urls, (_url, scheme: string, rest: string) => scheme + maskRest(scheme, rest, urls))
    .replace(ENCODED_URL, (_url, scheme: string, rest: string) => scheme + maskEncodedUserInfo(rest))
    .replace(SECRET_PARAMETERS, '$1***');
}

function maskPasswords(line: string): string {
  const end = line.endsWith('\n') ? '\n' : '';
  return JSON.stringify(JSON.parse(line, (key, value: unknown) => (key === 'password' ? '***' : value))) + end;
}

/** The path of a file, as stacks have it, may hold an @ and has no credentials. */
function maskRest(scheme: string, rest: string, urls: RegExp): string {
  return scheme.toLowerCase().startsWith('file:') ? mask(rest, urls) : maskUserInfo(rest);
}

function maskUserInfo(rest: string): string {
  // The last @, because an unescaped password may hold one; but not that of a scoped package in the path of a script.
  let end = rest.lastIndexOf('@');
  while (end >= 0 && rest.endsWith('node_modules/', end)) end = rest.lastIndexOf('@', end - 1);
  return end < 0 ? rest : `${userOf(rest.slice(0, end), /:/)}***${rest.slice(end)}`;
}

function maskEncodedUserInfo(rest: string): string {
  const end = rest.lastIndexOf('%40');
  return end < 0 ? rest : `${userOf(rest.slice(0, end), /%3a/i)}***${rest.slice(end)}`;
}

/** What is shown of it: all up to the first colon, which comes before the password. */
function userOf(userInfo: string, colon: RegExp): string {
  const found = colon.exec(userInfo);
  return found ? userInfo.slice(0, found.index + found[0].length) : '';
}
