"""Sends through dramatiq what the lines of standard input say, and prints one JSON line for each message sent.

A line is {"queue", "actor", "args", "kwargs", "options", "delay"} (the last four may be missing), or
{"pipeline": [such objects], "delay"}. PEER_URL names the broker.
"""

import json
import os
import sys

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

broker = RabbitmqBroker(url=os.environ["PEER_URL"], confirm_delivery=True)
dramatiq.set_broker(broker)


def build(order):
    broker.declare_queue(order["queue"])
    return dramatiq.Message(
        queue_name=order["queue"], actor_name=order["actor"], args=tuple(order.get("args", ())),
        kwargs=order.get("kwargs", {}), options=order.get("options", {}))


for line in sys.stdin:
    order = json.loads(line)
    if "pipeline" in order:
        pipeline = dramatiq.pipeline([build(part) for part in order["pipeline"]], broker=broker)
        sent = pipeline.messages[0]
        pipeline.run(delay=order.get("delay"))
    else:
        sent = build(order)
        broker.enqueue(sent, delay=order.get("delay"))
    print(json.dumps({"id": sent.message_id, "body": sent.encode().decode("ascii")}), flush=True)
broker.close()
