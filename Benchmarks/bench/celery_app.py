"""Celery with the official driver: one question to the graph for every task; as a program, its sender."""
import json
import os
import sys
import time

import probe
from celery import Celery
from celery.signals import worker_process_init
from graph_question import ask_once, make_driver

QUEUE = os.environ["BENCH_QUEUE"]
app = Celery("bench", broker=os.environ["AMQP_URL"])
app.conf.update(task_default_queue=QUEUE, task_ignore_result=True, broker_connection_retry_on_startup=True)
shared = None


@worker_process_init.connect
def open_driver(**_):
    global shared
    if os.environ.get("BENCH_DRIVER") != "fresh":
        shared = make_driver()


@app.task(name="ask")
def ask(index, pad):
    if shared:
        ask_once(shared, index)
    else:
        with make_driver() as driver:
            ask_once(driver, index)
    probe.hit()


if __name__ == "__main__":
    n = int(sys.argv[1])
    used, begin = time.process_time(), time.monotonic()
    with app.producer_pool.acquire(block=True) as producer:
        for index in range(n):
            ask.apply_async((index, "x" * 120), producer=producer)
    print(json.dumps({"n": n, "wall_s": time.monotonic() - begin, "cpu_s": time.process_time() - used}))
