"""Consumes BudgetCreated and schedules a task for each, as the old back end's subscriber did: JSON read, task sent
with its eta, then the acknowledgement. BENCH_EVENTS_QUEUE is the queue."""

import os
from datetime import datetime, timedelta

from bench_tasks import app, renew_budget_task
from kombu import Connection, Consumer, Queue


def receive(event, message):
    end = datetime.fromisoformat(event["end_date"].replace("Z", "+00:00"))
    renew_budget_task.apply_async(args=[event["budget_id"], event["user_id"]], eta=end - timedelta(days=1))
    message.ack()


with Connection(os.environ["BENCH_BROKER_URL"]) as connection:
    queue = Queue(os.environ["BENCH_EVENTS_QUEUE"], no_declare=True)
    with Consumer(connection, queues=[queue], callbacks=[receive], accept=["json"], prefetch_count=100):
        print("READY", flush=True)
        while True:
            connection.drain_events()
