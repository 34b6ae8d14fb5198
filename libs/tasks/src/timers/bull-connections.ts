import { Injectable } from '@nestjs/common';
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
    const open = this.shared.get(role) ?? this.connections.create(role);
    this.shared.set(role, open);
    return open;
  };
}
