"""dramatiq's AsyncIO middleware with the official driver: one question to the graph for every task; as a program, its
sender."""
import json
import os
import sys
import time

import dramatiq
import probe
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.middleware.asyncio import AsyncIO
from graph_question import ask_once_async, make_async_driver

QUEUE = os.environ["BENCH_QUEUE"]
FRESH = os.environ.get("BENCH_DRIVER") == "fresh"
broker = RabbitmqBroker(url=os.environ["AMQP_URL"])
broker.add_middleware(AsyncIO())
dramatiq.set_broker(broker)
shared = None


@dramatiq.actor(queue_name=QUEUE)
async def ask(index, pad):
    global shared
    if FRESH:
        async with make_async_driver() as driver:
            await ask_once_async(driver, index)
    else:
        # All tasks of a process run on the one loop of the middleware, to which the driver then belongs.
        if shared is None:
            shared = make_async_driver()
        await ask_once_async(shared, index)
    probe.hit()


if __name__ == "__main__":
    n = int(sys.argv[1])
    broker.declare_queue(QUEUE, ensure=True)
    used, begin = time.process_time(), time.monotonic()
    for index in range(n):
        ask.send(index, "x" * 120)
    print(json.dumps({"n": n, "wall_s": time.monotonic() - begin, "cpu_s": time.process_time() - used}))
    broker.close()
