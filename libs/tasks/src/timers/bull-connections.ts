import { Injectable } from '@nestjs/common';
import { callTogether } from './calls-together';
import { takeDueInPortions } from './due-in-portions';
import { type RedisClient, RedisConnections } from '@budget-buddy/platform';

type Role = 'client' | 'subscriber' | 'bclient';

/** Bull's Redis connections: one for commands and one for events a process, and a blocking one a queue. */
@Injectable()
export class BullConnections {
  private readonly shared = new Map<Role, RedisClient>();

  constructor(private readonly connections: RedisConnections) {}

  /** What Bull calls as `createClient`. */
  readonly open = (role: Role): RedisClient => {
    if (role === 'bclient') return this.connections.create(role);
    const open = this.shared.get(role) ?? this.create(role);
    this.shared.set(role, open);
    return open;
  };

  private create(role: Role): RedisClient {
    const connection = this.connections.create(role);
    if (role === 'client') {
      takeDueInPortions(connection);
      callTogether(connection);
    }
    return connection;
  }
}
