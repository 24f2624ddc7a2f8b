"""The actors of the comparison on dramatiq; as a program, their sender."""
import json
import os
import sys
import time

import dramatiq
import probe
from dramatiq.brokers.rabbitmq import RabbitmqBroker

broker = RabbitmqBroker(url=os.environ["AMQP_URL"])
dramatiq.set_broker(broker)
QUEUE = os.environ["BENCH_QUEUE"]


@dramatiq.actor(queue_name=QUEUE)
def noop(index, pad):
    probe.hit()


if __name__ == "__main__":
    actor, n = {"noop": noop}[sys.argv[1]], int(sys.argv[2])
    broker.declare_queue(QUEUE, ensure=True)
    used, begin = time.process_time(), time.monotonic()
    for index in range(n):
        actor.send(index, "x" * 120)
    print(json.dumps({"n": n, "wall_s": time.monotonic() - begin, "cpu_s": time.process_time() - used}))
    broker.close()
