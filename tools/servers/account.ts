import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A user of the system. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/** Whom to run a server as that refuses to run as root; undefined where we are not root anyway. */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return findAccount('postgres') ?? findAccount('nobody');
}

/** Whether the account can get into the folder, given the permissions of all folders above it. */
export function canEnter(account: Account, folder: string): boolean {
  const { uid, gid } = account;
  return spawnSync('test', ['-x', folder], { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;
}

function findAccount(name: string): Account | undefined {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
