import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { parse } from 'basic-auth';

/** The one user name and password that open the dashboard. */
export class Credentials {
  private readonly key = randomBytes(32);
  private readonly expected: Buffer;

  constructor(username: string, password: string) {
    this.expected = this.digest(username, password);
  }

  /**
   * Whether an `Authorization` header carries them. Takes the same time whatever is wrong with it: digests of one
   * length are compared, name and password together.
   */
  areIn(header: string | undefined): boolean {
    const given = parse(header ?? '');
    const same = timingSafeEqual(this.digest(given?.name ?? '', given?.pass ?? ''), this.expected);
    return same && given !== undefined;
  }

  private digest(username: string, password: string): Buffer {
    return createHmac('sha256', this.key).update(`${username}:${password}`).digest();
  }
}
