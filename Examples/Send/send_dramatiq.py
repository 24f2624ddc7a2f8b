#!/usr/bin/env python3
"""Sends to the playground with dramatiq, as a service that knows the actors by name alone."""
import os

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

broker = RabbitmqBroker(url=os.environ.get("AMQP_URL", "amqp://127.0.0.1"), confirm_delivery=True)
broker.declare_queue("playground")


def send(actor, *args, delay=None, **kwargs):
    message = dramatiq.Message("playground", actor, args, kwargs, options={})
    broker.enqueue(message, delay=delay)
    print(message.message_id, actor)


send("add", 1, 2)
send("add", a=3, b=4)
send("echo", "héllo")
send("noop", delay=1000)  # milliseconds; dramatiq puts it on playground.DQ
broker.close()
