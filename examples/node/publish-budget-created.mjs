/**
 * Publishes a BudgetCreated whose renewal is due in a few seconds: node publish-budget-created.mjs [SECONDS]
 * Needs amqplib. The broker is BUDGETBUDDY_RABBITMQ_URL.
 */
import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';

const url = process.env.BUDGETBUDDY_RABBITMQ_URL ?? 'amqp://guest:guest@localhost:5672//';
const exchange = process.env.BUDGETBUDDY_RABBITMQ_EXCHANGE ?? 'domain_events';
const seconds = Number(process.argv[2] ?? 10);

const DAY_MS = 24 * 3_600_000;
// A budget is renewed a day before its end_date.
const endMs = Date.now() + DAY_MS + seconds * 1000;
const event = {
  budget_id: randomUUID(),
  user_id: randomUUID(),
  name: 'Groceries',
  total_limit: 50_000,
  strategy: 'monthly',
  start_date: new Date(endMs - 30 * DAY_MS).toISOString(),
  end_date: new Date(endMs).toISOString(),
};

// amqplib wants the vhost "/" written as %2F.
const connection = await connect(url.replace(/\/\/$/, '/%2F'));
const channel = await connection.createConfirmChannel();
await channel.assertExchange(exchange, 'topic', { durable: true });
channel.publish(exchange, 'BudgetCreated', Buffer.from(JSON.stringify(event)), {
  contentType: 'application/json',
  persistent: true,
});
await channel.waitForConfirms();
await connection.close();

console.log(JSON.stringify(event));
