import { randomBytes } from 'node:crypto';
import { schema } from '@budget-buddy/budgets';
import { loadConfiguration, RabbitConfiguration, RedisConfiguration } from '@budget-buddy/platform';
import { removeKeys, TestBroker, testDatabase, type TestDatabase } from '@budget-buddy/testing';
import { type Channel, type ChannelModel, connect } from 'amqplib';
import { Redis } from 'ioredis';
import { sql } from 'kysely';

/** What is measured at a {@link Place}. */
interface PlaceNeeds {
  /** One with this system's schema, for what uses it: it takes a second. */
  readonly database: boolean;
  /** Variables of all that works there. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Where one measurement takes place: a prefix, an exchange and queues of its own on the servers; a database if need be. */
export class Place {
  private readonly extraQueues: string[] = [];
  private readonly before: NodeJS.ProcessEnv = {};

  private constructor(
    private readonly own: TestDatabase | undefined,
    /** What the names of all keys in Redis begin with. */
    readonly prefix: string,
    readonly broker: TestBroker,
    private readonly connection: ChannelModel,
    private readonly channel: Channel,
    readonly redis: Redis,
    private readonly settings: Readonly<Record<string, string>> = {},
  ) {}

  static async prepare(needs: PlaceNeeds): Promise<Place> {
    const own = needs.database ? await testDatabase(schema) : undefined;
    const prefix = `bench-${randomBytes(6).toString('hex')}`;
    const broker = await TestBroker.open();
    const [url] = loadConfiguration([RabbitConfiguration]).get(RabbitConfiguration).urls as [string];
    const connection = await connect(url);
    connection.on('error', () => undefined);
    const redis = new Redis(loadConfiguration([RedisConfiguration]).get(RedisConfiguration).url);
    const place = new Place(own, prefix, broker, connection, await connection.createChannel(), redis, needs.settings);
    place.enter();
    return place;
  }

  /** What of this system runs in this very process is in this place, too, until it is dropped. */
  private enter(): void {
    for (const [name, value] of Object.entries(this.env)) {
      this.before[name] = process.env[name];
      process.env[name] = value;
    }
  }

  private leave(): void {
    for (const [name, value] of Object.entries(this.before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }

  /** What has any process work in this place. */
  get env(): Record<string, string> {
    return {
      ...(this.own && { BUDGETBUDDY_POSTGRES_URL: this.own.url }),
      ...this.broker.environment,
      BUDGETBUDDY_REDIS_PREFIX: this.prefix,
      BUDGETBUDDY_SCHEDULER_PORT: '0',
      BUDGETBUDDY_WORKER_PORT: '0',
      ...this.settings,
    };
  }

  get hasDatabase(): boolean {
    return this.own !== undefined;
  }

  /** @throws TypeError where none was asked for. */
  get database(): TestDatabase['database'] {
    if (!this.own) throw new TypeError('this place has no database');
    return this.own.database;
  }

  /** How a queue beside the product's is called. */
  queueName(what: string): string {
    return `${this.prefix}.${what}`;
  }

  /** A durable queue beside the product's, bound to the events of this name if there is one. */
  async declareQueue(what: string, args: Record<string, unknown> = {}, eventName?: string): Promise<string> {
    const queue = this.queueName(what);
    await this.channel.assertQueue(queue, { durable: true, arguments: args });
    if (eventName) await this.channel.bindQueue(queue, this.broker.exchange, eventName);
    this.extraQueues.push(queue);
    return queue;
  }

  /** How many messages of a queue are in nobody's hands. */
  async waitingIn(queue: string): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount;
  }

  /** Calls back for each message that comes into the queue, and takes it out. */
  async consume(queue: string, onMessage: () => void): Promise<void> {
    await this.channel.consume(queue, () => onMessage(), { noAck: true });
  }

  /** Has PostgreSQL write now what it would otherwise write in the middle of somebody's measurement. */
  async checkpoint(): Promise<void> {
    // A server that was configured may not allow it.
    if (this.own) await sql`checkpoint`.execute(this.database.db).catch(() => undefined);
  }

  /** Takes all its names off the servers. */
  async drop(): Promise<void> {
    for (const queue of this.extraQueues) {
      await this.channel.deleteQueue(queue);
      // kombu declares an exchange for each queue.
      await this.channel.deleteExchange(queue);
    }
    await this.connection.close();
    this.redis.disconnect();
    await this.broker.drop();
    await removeKeys(this.prefix);
    this.leave();
    // PostgreSQL writes all that it still has to write before it drops a database: it is idle for whoever is next.
    await this.own?.drop();
  }
}
