import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, unprivilegedAccount } from '../../tools/servers/account';

/** Files in PEM form. */
export interface KeyPair {
  cert: string;
  key: string;
}

/** An authority of a test's own, made with openssl, which every Debian has that has PostgreSQL. */
export class CertificateAuthority {
  private readonly pair: KeyPair;

  constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly account: Account | undefined = unprivilegedAccount(),
  ) {
    this.pair = this.create(name, ['-addext', 'basicConstraints=critical,CA:TRUE']);
  }

  /** The file by which clients and servers know it. */
  get file(): string {
    return this.pair.cert;
  }

  /** A certificate of this authority for a server on loopback, or for a client. */
  issue(name: string): KeyPair {
    const { cert, key } = this.pair;
    const names = 'subjectAltName=DNS:localhost';
    return this.create(`${this.name}-${name}`, ['-CA', cert, '-CAkey', key, '-addext', names]);
  }

  private create(name: string, options: string[]): KeyPair {
    const [cert, key] = [join(this.folder, `${name}.crt`), join(this.folder, `${name}.key`)];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const args = ['req', '-x509', ...curve, '-days', '2', '-subj', `/CN=${name}`, '-out', cert, '-keyout', key];
    execFileSync('openssl', [...args, ...options], { stdio: 'pipe' });
    chmodSync(cert, 0o644);
    // PostgreSQL refuses a key that others could read.
    chmodSync(key, 0o600);
    if (this.account) chownSync(key, this.account.uid, this.account.gid);
    return { cert, key };
  }
}
