"""The old module's task as its workers knew it, doing nothing but write down that it ran (see run-log.ts).

Everything comes from the environment: BENCH_BROKER_URL, BENCH_QUEUE, BENCH_CONFIRM (1: publishing waits for the
broker's confirm), BENCH_PREFETCH_MULTIPLIER (Celery's own default otherwise; 0: a worker takes all there is),
BENCH_RUN_LOG.
"""

import os
import struct
import time

from celery import Celery
from celery.signals import worker_ready

queue = os.environ["BENCH_QUEUE"]

app = Celery("bench", broker=os.environ["BENCH_BROKER_URL"])
app.conf.update(
    task_default_queue=queue,
    task_routes={"budget_renewal_task": {"queue": queue}},
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    worker_prefetch_multiplier=int(os.environ.get("BENCH_PREFETCH_MULTIPLIER", "4")),
    broker_transport_options={"confirm_publish": os.environ.get("BENCH_CONFIRM") == "1"},
)

log = None


@app.task(name="budget_renewal_task", bind=True, max_retries=3)
def renew_budget_task(self, budget_id, user_id):
    global log
    if log is None:
        log = os.open(os.environ["BENCH_RUN_LOG"], os.O_WRONLY | os.O_APPEND)
    os.write(log, struct.pack("<Qd", int(budget_id[-12:], 16), time.time() * 1000))


@worker_ready.connect
def tell(**_):
    os.write(1, b"READY\n")
