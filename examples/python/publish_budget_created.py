"""Publishes a BudgetCreated whose renewal is due in a few seconds: publish_budget_created.py [SECONDS]

Needs pika (Debian: python3-pika). The broker is BUDGETBUDDY_RABBITMQ_URL.
"""

import json
import os
import re
import sys
import uuid
from datetime import datetime, timedelta, timezone

import pika

url = os.environ.get("BUDGETBUDDY_RABBITMQ_URL", "amqp://guest:guest@localhost:5672//")
exchange = os.environ.get("BUDGETBUDDY_RABBITMQ_EXCHANGE", "domain_events")
seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 10

# A budget is renewed a day before its end_date.
end_date = datetime.now(timezone.utc).replace(microsecond=0) + timedelta(days=1, seconds=seconds)
event = {
    "budget_id": str(uuid.uuid4()),
    "user_id": str(uuid.uuid4()),
    "name": "Groceries",
    "total_limit": 50000,
    "strategy": "monthly",
    "start_date": (end_date - timedelta(days=30)).isoformat(),
    "end_date": end_date.isoformat(),
}

# pika wants the vhost "/" written as %2F.
with pika.BlockingConnection(pika.URLParameters(re.sub("//$", "/%2F", url))) as connection:
    channel = connection.channel()
    channel.exchange_declare(exchange, exchange_type="topic", durable=True)
    channel.confirm_delivery()
    channel.basic_publish(
        exchange=exchange,
        routing_key="BudgetCreated",
        body=json.dumps(event),
        properties=pika.BasicProperties(content_type="application/json", delivery_mode=2),
        # Raises pika.exceptions.UnroutableError when no queue is there for it.
        mandatory=True,
    )

print(json.dumps(event))
