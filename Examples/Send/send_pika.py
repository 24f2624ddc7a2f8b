#!/usr/bin/env python3
"""Sends to the playground with nothing but pika: a message is one JSON object with seven fields."""
import json, os, time, uuid

import pika

connection = pika.BlockingConnection(pika.URLParameters(os.environ.get("AMQP_URL", "amqp://127.0.0.1")))
channel = connection.channel()
channel.confirm_delivery()  # basic_publish raises unless the broker has taken the message
for queue in ("playground", "playground.DQ"):
    channel.queue_declare(queue, durable=True, arguments={
        "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "playground.XQ"})
channel.queue_declare("playground.XQ", durable=True, arguments={"x-message-ttl": 604800000})


def send(actor, *args, **kwargs):
    message = dict(
        queue_name="playground", actor_name=actor, args=args, kwargs=kwargs, options={},
        message_id=str(uuid.uuid4()), message_timestamp=int(time.time() * 1000))
    channel.basic_publish("", "playground", json.dumps(message), pika.BasicProperties(delivery_mode=2), mandatory=True)
    print(message["message_id"], actor)


send("add", 1, 2)
send("add", a=3, b=4)
send("echo", "héllo")
connection.close()
