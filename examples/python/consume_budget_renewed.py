"""Prints every BudgetRenewed, a line each, until Ctrl-C.

Needs pika (Debian: python3-pika). The broker is BUDGETBUDDY_RABBITMQ_URL.
"""

import json
import os
import re
import sys

import pika

url = os.environ.get("BUDGETBUDDY_RABBITMQ_URL", "amqp://guest:guest@localhost:5672//")
exchange = os.environ.get("BUDGETBUDDY_RABBITMQ_EXCHANGE", "domain_events")


def receive(channel, method, properties, body):
    # The same event has the same message_id, should it ever come twice.
    print(json.dumps({"message_id": properties.message_id, **json.loads(body)}), flush=True)
    channel.basic_ack(method.delivery_tag)


# pika wants the vhost "/" written as %2F.
with pika.BlockingConnection(pika.URLParameters(re.sub("//$", "/%2F", url))) as connection:
    channel = connection.channel()
    channel.exchange_declare(exchange, exchange_type="topic", durable=True)
    # A service has a durable queue with a name; this one goes when the program ends.
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, exchange, routing_key="BudgetRenewed")
    channel.basic_consume(queue, receive)
    print("waiting for BudgetRenewed", file=sys.stderr, flush=True)
    try:
        channel.start_consuming()
    except KeyboardInterrupt:
        pass
