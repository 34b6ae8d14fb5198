"""Publishes tasks as told on standard input, a line of JSON each time: {"id", "tasks": [[number, due ms or null]]}."""

import json
import sys
from datetime import datetime, timezone

from bench_tasks import renew_budget_task

USER_ID = "a0000000-0000-4000-8000-000000000001"

print("READY", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    for number, due in order["tasks"]:
        renew_budget_task.apply_async(
            args=["b0000000-0000-4000-8000-%012x" % number, USER_ID],
            eta=None if due is None else datetime.fromtimestamp(due / 1000, timezone.utc),
        )
    print("DONE %s" % order["id"], flush=True)
