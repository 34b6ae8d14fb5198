import type { Tx } from './database';
import { GroupMember } from './group-member';

/** Ends a member's part in a shared transaction. Never seen by whoever called `Database.sharedTransaction`. */
export class LeftGroupError extends Error {
  override readonly name = 'LeftGroupError';

  constructor() {
    super('this cannot be done in company, and is done anew alone');
  }
}

/** Whether others have a part in this transaction: then nobody may wait for a lock in it, for all would wait. */
export function isShared(tx: Tx): boolean {
  return GroupMember.of(tx) !== undefined;
}

/**
 * What a lock does between transactions, between the members of one: PostgreSQL tells them not apart.
 * @throws LeftGroupError when another member holds one of these; the caller is done anew, alone, when that one is through.
 */
export function holdAmongMembers(tx: Tx, keys: readonly string[]): void {
  const member = GroupMember.of(tx);
  if (member && !member.group.hold(member, keys)) leaveGroup(tx);
}

/** Has the caller done anew in a transaction of its own, where it may wait for a lock. @throws LeftGroupError */
export function leaveGroup(tx: Tx): never {
  const member = GroupMember.of(tx);
  if (member) member.hasLeft = true;
  throw new LeftGroupError();
}
