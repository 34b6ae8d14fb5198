import { Injectable } from '@nestjs/common';
import { RedisConnections } from '@budget-buddy/platform';
import type { Redis } from 'ioredis';

type Role = 'client' | 'subscriber' | 'bclient';

/** Bull's Redis connections: one for commands and one for events a process, and a blocking one a queue. */
@Injectable()
export class BullConnections {
  private readonly shared = new Map<Role, Redis>();

  constructor(private readonly connections: RedisConnections) {}

  /** What Bull calls as `createClient`. */
  readonly open = (role: Role): Redis => {
    if (role === 'bclient') return this.connections.create(role);
    const open = this.shared.get(role) ?? this.connections.create(role);
    this.shared.set(role, open);
    return open;
  };
}
