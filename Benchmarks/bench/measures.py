"""The measurements: each fills, runs a worker under observation and returns figures."""
import json
import statistics
import time

import pika

import processes
from processes import Failure


class Observer:
    """A running worker and what its tasks have reported."""

    def __init__(self, system, *arguments):
        self.system, self.reader = system, None
        self.arguments = arguments

    def __enter__(self):
        self.reader = self.reader or self.system.fresh()
        self.worker = self.system.start(*self.arguments)
        return self

    def __exit__(self, kind, error, trace):
        self.stop_seconds = self.worker.stop()
        self.reader.close()
        if kind and issubclass(kind, Failure):
            raise Failure(f"{self.system.name}: {error}\n{self.system.log()}")

    def hits(self):
        return self.reader.totals()[0]

    def cpu(self):
        return processes.cpu(self.worker.processes())

    def rss(self):
        return processes.rss(self.worker.processes())

    def until(self, wanted, seconds=120, step=0.004):
        """waits for so many hits"""
        deadline = time.monotonic() + seconds
        while (hits := self.hits()) < wanted:
            self.worker.check()
            if time.monotonic() > deadline:
                raise Failure(f"{hits} of {wanted} tasks after {seconds} s")
            time.sleep(step)


def filled(system, kind, n, **options):
    """an observer over a full queue, and what filling it took"""
    observer = Observer(system)
    observer.reader = system.fresh()
    sent = system.send(kind, n, **options)
    system.broker.await_depth(system.queue, n)
    return observer, sent


def enqueue(system, n, **options):
    """messages a second of the ordinary bulk call, or one by one"""
    system.fresh().close()
    sent = system.send("noop", n, **options)
    system.broker.await_depth(system.queue, n)
    size = system.broker.body_size(system.queue)
    system.broker.delete(system.queues)
    return {"per_s": sent["n"] / sent["wall_s"], "cpu_s_per_100k": sent["cpu_s"] / sent["n"] * 1e5, "body_bytes": size}


def drain(system, n, kind="noop", hits=1):
    """a full queue run empty: from the first task to the last, processor time of worker and broker in between"""
    observer, sent = filled(system, kind, n)
    with observer as o:
        o.until(1, step=0.0005)
        before, cpu, broker = o.hits(), o.cpu(), system.broker.cpu
        o.until(n * hits)
        cpu, broker = o.cpu() - cpu, system.broker.cpu - broker
        total, first, last = o.reader.totals()
        peak = o.rss()
    # Nothing came back when the worker had gone: everything had been acknowledged.
    system.broker.await_depth(system.queue, 0, 10)
    per_task = 1e5 / max(total - before, 1) * hits
    return {"per_s": (n - 1) / max(last - first, 1e-9), "cpu_s_per_100k": cpu * per_task,
            "broker_cpu_s_per_100k": broker * per_task, "peak_rss_mb": peak, "enqueue_per_s": sent["n"] / sent["wall_s"],
            "enqueue_cpu_s_per_100k": sent["cpu_s"] / sent["n"] * 1e5}


def latency(system, rate, seconds):
    """milliseconds from the call of send to the start of the task, in an idle worker"""
    warm, n = 20, max(int(rate * seconds), 20)
    with Observer(system) as o:
        system.send("latency", warm, rate=rate)
        o.until(warm)
        time.sleep(0.5)
        open(f"{system.folder}/latency", "wb").close()
        system.send("latency", n, rate=rate)
        o.until(warm + n)
    samples = system.latencies()
    return {"n": n, "p50_ms": samples[n // 2], "p99_ms": samples[n * 99 // 100], "max_ms": samples[-1]}


def sleeps(system, n):
    """seconds from the launch of the worker to the end of the last of n sleeps of 100 ms"""
    observer, _ = filled(system, "sleep", n)
    with observer as o:
        o.until(n)
        return {"n": n, "total_s": o.reader.totals()[2] - o.worker.started}


def startup(system, launches):
    """milliseconds from the launch to the first task, one message waiting; memory and processor share when idle"""
    first = []
    for _ in range(launches):
        observer, _ = filled(system, "noop", 2)
        with observer as o:
            o.until(2, step=0.0005)
            first.append((o.reader.totals()[1] - o.worker.started) * 1e3)
            time.sleep(0.2)
    observer, _ = filled(system, "noop", 2)
    with observer as o:
        o.until(2)
        time.sleep(2)
        cpu, begin = o.cpu(), time.monotonic()
        time.sleep(3)
        share = (o.cpu() - cpu) / (time.monotonic() - begin) * 100
        threads = sum(int(f[17]) for _, f in o.worker.processes())
        return {"first_task_ms": statistics.median(first), "all_ms": [round(x, 1) for x in first], "rss_mb": o.rss(),
                "anonymous_mb": processes.private_rss(o.worker.processes()), "threads": threads, "idle_cpu_percent": share}


def delayed(system, n, hours=1):
    """MB that an idle worker grows by while n messages wait for their time"""
    with Observer(system) as o:
        # A little work first, so that what every worker allocates once is there already.
        system.send("noop", 2000)
        o.until(2000)
        time.sleep(1)
        before = o.rss()
        sent = system.send("noop", n, delay=hours * 3600)
        time.sleep(1)
        after, hits = o.rss(), o.hits()
    return {"n": n, "growth_mb": after - before, "rss_mb": after, "per_s": sent["n"] / sent["wall_s"], "run": hits - 2000}


def transferred(system, n, hours=1):
    """the same for messages that a dramatiq peer has put into the delay queue, which the worker moves on"""
    with Observer(system) as o:
        system.send("noop", 2000)
        o.until(2000)
        time.sleep(1)
        before, peak = o.rss(), 0
        _fill_delay_queue(system, n, hours)
        deadline = time.monotonic() + 120
        while system.broker.depth(system.queue + ".DQ") and time.monotonic() < deadline:
            peak = max(peak, o.rss())
            time.sleep(0.2)
        time.sleep(1)
        after, hits = o.rss(), o.hits()
    left = system.broker.depth(system.queue + ".DQ")
    if left:
        raise Failure(f"{left} messages are left in the delay queue")
    return {"n": n, "growth_mb": after - before, "peak_growth_mb": max(peak, after) - before, "run": hits - 2000}


def _fill_delay_queue(system, n, hours):
    """what a dramatiq sender publishes for a delayed message"""
    now = int(time.time() * 1e3)
    message = {
        "queue_name": system.queue + ".DQ", "actor_name": "Noop", "args": [1, "x" * 120], "kwargs": {},
        "options": {"eta": now + hours * 3_600_000}, "message_id": "5b5b7a5e-7c35-4ea4-8b11-############",
        "message_timestamp": now}
    body = json.dumps(message, separators=(",", ":"))
    connection = pika.BlockingConnection(pika.URLParameters(system.broker.uri))
    channel = connection.channel()
    properties = pika.BasicProperties(delivery_mode=2)
    for index in range(n):
        channel.basic_publish("", system.queue + ".DQ", body.replace("############", f"{index:012d}"), properties)
    connection.close()


def restart(system):
    """seconds from the open port of a broker that was killed to the first task that starts then"""
    naps = 4000
    observer, _ = filled(system, "nap", naps, milliseconds=100)
    with observer as o:
        o.until(300)
        system.broker.kill()
        starter = None
        try:
            # What was running ends while there is no broker.
            time.sleep(1)
            before = o.hits()
            starter = system.broker.begin_start()
            opened = system.broker.await_port(90)
            o.until(before + 1, 30, step=0.0005)
            first = min(last for last in o.reader.lasts() if last > opened)
        finally:
            if starter and starter.wait(120):
                raise Failure("the broker did not start again")
            system.broker.find_pid()
        o.until(naps, 60)
        time.sleep(0.5)
        hits = o.hits()
    system.broker.await_depth(system.queue, 0, 10)
    return {"first_task_s": first - opened, "tasks": naps, "runs": hits}
