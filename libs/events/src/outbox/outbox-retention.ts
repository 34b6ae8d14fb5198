import { Clock, Database, Retention, Shutdown } from '@budget-buddy/platform';
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { EventsConfiguration } from '../events-configuration';
import { PublishedEvents } from './published-events';

/** Has published events leave the outbox. Those that wait stay, however long. */
@Injectable()
export class OutboxRetention implements OnApplicationBootstrap {
  private readonly retention: Retention;

  constructor(
    database: Database,
    clock: Clock,
    { outboxRetention }: EventsConfiguration,
    private readonly shutdown: Shutdown,
  ) {
    const keptMs = outboxRetention.total('milliseconds');
    const rows = [new PublishedEvents(() => clock.now().subtract({ milliseconds: keptMs }))];
    this.retention = new Retention(database, { name: 'outbox', leaseTable: 'events.retention', rows });
  }

  onApplicationBootstrap(): void {
    this.retention.start(this.shutdown);
  }

  /** Removes now what is old enough, if it is due and no other process is at it. @throws DatabaseUnavailableError */
  pass(): Promise<void> {
    return this.retention.pass();
  }
}
