import type { Tx } from './database';
import { GroupMember } from './group-member';
import type { StatementForMany } from './transaction-group';

/** A statement for one, which is sent for many where several members of a transaction have use for it. */
export type SharedStatement<Argument, Result> = (tx: Tx, argument: Argument) => Promise<Result>;

/**
 * A statement that changes something, written for many at once. In `Database.sharedTransaction`, calls that come at the
 * same time become one; in a transaction of its own a call is sent as it is.
 */
export function sharedWrite<Argument, Result>(
  statement: StatementForMany<Argument, Result>,
): SharedStatement<Argument, Result> {
  return (tx, argument) => {
    const member = GroupMember.of(tx);
    if (member) member.hasWritten = true;
    return call(statement, tx, argument);
  };
}

/** Like {@link sharedWrite}, for a statement that changes nothing: locks, too, go without a trace. */
export function sharedRead<Argument, Result>(
  statement: StatementForMany<Argument, Result>,
): SharedStatement<Argument, Result> {
  return (tx, argument) => call(statement, tx, argument);
}

async function call<Argument, Result>(
  statement: StatementForMany<Argument, Result>,
  tx: Tx,
  argument: Argument,
): Promise<Result> {
  const member = GroupMember.of(tx);
  if (member) return member.group.call(statement, argument);
  const [result] = await statement(tx, [argument]);
  return result as Result;
}
