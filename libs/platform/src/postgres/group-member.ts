import type { KyselyPlugin, PluginTransformQueryArgs, PluginTransformResultArgs } from 'kysely';
import { Annotation } from '../annotation';
import type { Tx } from './database';
import type { TransactionGroup } from './transaction-group';

const members = new Annotation<Tx, GroupMember>();

/** What is under way in a transaction that it shares with others. */
export class GroupMember {
  /** The transaction as this member sees it: tells members apart, and when one writes on its own. */
  readonly tx: Tx;
  /** It cannot be done in company, and is done anew alone. */
  hasLeft = false;
  hasFailed = false;
  hasWritten = false;

  constructor(
    readonly group: TransactionGroup,
    tx: Tx,
  ) {
    this.tx = tx.withPlugin(new OwnStatements(this));
    members.add(this.tx, this);
  }

  /** Whose transaction this is, if it is shared. */
  static of(tx: Tx): GroupMember | undefined {
    return members.of(tx);
  }

  get hasToBeUndone(): boolean {
    return this.hasWritten && (this.hasLeft || this.hasFailed);
  }
}

/** Whatever a member asks by itself may be a write. One that has failed must not add to what the others commit. */
class OwnStatements implements KyselyPlugin {
  constructor(private readonly member: GroupMember) {}

  transformQuery({ node }: PluginTransformQueryArgs): PluginTransformQueryArgs['node'] {
    if (this.member.hasFailed)
      throw new Error('this has failed in a shared transaction, and can do nothing more in it');
    this.member.hasWritten = true;
    return node;
  }

  async transformResult({ result }: PluginTransformResultArgs): Promise<PluginTransformResultArgs['result']> {
    return result;
  }
}
