"""A real dramatiq peer: the actors that the interoperability tests run on Python's side.

Run as `python -m dramatiq peer`. The environment says where: PEER_URL, PEER_QUEUE, PEER_JOURNAL (one JSON line a run).
"""

import json
import os
import time

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker
from dramatiq.middleware import CurrentMessage

QUEUE = os.environ["PEER_QUEUE"]
JOURNAL = os.environ.get("PEER_JOURNAL")

broker = RabbitmqBroker(url=os.environ["PEER_URL"], confirm_delivery=True)
broker.add_middleware(CurrentMessage())
dramatiq.set_broker(broker)


def journal(outcome, start, args):
    if JOURNAL is None:
        return
    message = CurrentMessage.get_current_message()
    line = json.dumps({
        "actor": message.actor_name, "id": message.message_id, "attempt": message.options.get("retries", 0) + 1,
        "redelivered": bool(getattr(message, "redelivered", False)), "pid": os.getpid(), "start": start,
        "end": int(time.time() * 1000), "outcome": outcome, "args": args,
    })
    descriptor = os.open(JOURNAL, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(descriptor, line.encode() + b"\n")
    os.close(descriptor)


def actor(**options):
    """An actor of the peer's queue whose runs are journalled."""

    def decorate(function):
        def run(*args, **kwargs):
            start = int(time.time() * 1000)
            try:
                result = function(*args, **kwargs)
            except BaseException:
                journal("error", start, [*args, *kwargs.values()])
                raise
            journal("ok", start, [*args, *kwargs.values()])
            return result

        run.__name__ = function.__name__
        return dramatiq.actor(run, queue_name=QUEUE, actor_name=function.__name__, **options)

    return decorate


@actor(min_backoff=300, max_backoff=600)
def fail(times):
    if CurrentMessage.get_current_message().options.get("retries", 0) < times:
        raise RuntimeError(f"fails {times} times")


@actor(max_retries=0)
def reject():
    raise ValueError("fails for good")


@actor()
def add(a, b):
    return a + b


@actor()
def echo(value):
    return value


@actor()
def collect(*values):
    return list(values)
