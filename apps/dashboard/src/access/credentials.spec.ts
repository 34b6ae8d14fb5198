import { describe, expect, it } from 'vitest';
import { Credentials } from './credentials';

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
const credentials = new Credentials('ada', 'påss:wörd');

describe('credentials', () => {
  it('are recognised in a header that carries them, colons and letters beyond ASCII included', () => {
    expect(credentials.areIn(basic('ada:påss:wörd'))).toBe(true);
  });

  it.each([
    ['another password', basic('ada:pass')],
    ['another name', basic('bob:påss:wörd')],
    ['another letter case', basic('Ada:påss:wörd')],
    ['an empty password', basic('ada:')],
    ['a longer password', basic('ada:påss:wörd ')],
    ['the colon in another place', basic('ada:påss:wör:d')],
    ['no colon', basic('ada')],
    ['nothing in it', 'Basic '],
    ['another scheme', 'Bearer YWRhOnDDpXNzOnfDtnJk'],
    ['no header', undefined],
  ])('are not recognised in %s', (_what, header) => {
    expect(credentials.areIn(header)).toBe(false);
  });

  it('do not take a header that cannot be read for one with empty credentials', () => {
    expect(new Credentials('', '').areIn(undefined)).toBe(false);
  });
});
