"""The measurements of the graph driver: each beside C and the official driver for Python, on one warm server."""
import time

from measures import Observer, filled
from processes import private_rss


class Clients:
    """Those who ask the same server in turn."""

    def __init__(self, limit, troupe, python, rust, quick):
        self.limit, self.troupe, self.peers, self.quick = limit, troupe, {"python": python, "rust": rust}, quick

    def python(self, measure, n):
        """{name: figures} of the official driver, with its codec in Python and in Rust"""
        return {name: peer.run(measure, n) for name, peer in self.peers.items()}

    def warm_up(self, queries):
        """a server that has just been started is two or three times slower than later"""
        self.limit.run("fill", 100_000)
        self.limit.run("latency", queries)
        for measure, n in ("rows", 200_000), ("nodes", 100_000):
            self.troupe.run(measure, n=n)
        self.limit.run("write", 50_000, 10_000)


def pairs(times, measure):
    """neighbours in time; the processor's share and the clock drift between others"""
    return [measure() for _ in range(times)]


def queries(c):
    """one query at a time"""
    n = 500 if c.quick else 5000

    def pair():
        return {"c": c.limit.run("latency", n), "session": c.troupe.run("session", n=n),
                "sessions": c.troupe.run("sessions", n=n), "execute_read": c.troupe.run("execute-read", n=n),
                "c_transaction": c.limit.run("transaction", n), "execute": c.troupe.run("execute", n=n)}
    python = {name: c.python(name, n // 5) for name in ("session", "execute-read")}
    return {"pairs": pairs(1 if c.quick else 3, pair), "python": python}


def concurrent(c):
    """32 tasks on one driver, 32 connections of the raw client"""
    seconds = 1 if c.quick else 2

    def pair():
        return {"c": c.limit.run("throughput", 32, seconds),
                "ours": c.troupe.run("throughput", tasks=32, seconds=seconds)}
    return {"pairs": pairs(1 if c.quick else 3, pair), "python": c.python("throughput", seconds)}


def rows(c):
    n = 100_000 if c.quick else 1_000_000
    return {"c": c.limit.run("stream", n), "ours": c.troupe.run("rows", n=n), "python": c.python("rows", n // 10)}


def nodes(c):
    """100,000 nodes, which the limit has made"""
    return {"c": c.limit.run("nodes"), "ours": c.troupe.run("nodes"),
            "python": c.python("nodes", 5000 if c.quick else 20_000)}


def batches(c):
    n = 20_000 if c.quick else 100_000
    return {"c": c.limit.run("write", n, 10_000), "ours": c.troupe.run("write", n=n, batch=10_000),
            "python": c.python("write", n // 5)}


def fresh(c):
    """a driver for every query, and beside it the shared one"""
    n = 50 if c.quick else 400

    def pair():
        return {"c": c.limit.run("fresh", n), "ours": c.troupe.run("fresh", n=n),
                "shared": c.troupe.run("sessions", n=n)}
    return {"pairs": pairs(1 if c.quick else 3, pair), "python": c.python("fresh", n // 4)}


def idle(system):
    """memory of a worker that has asked the graph once and rests"""
    observer, _ = filled(system, "ask", 2)
    with observer as o:
        o.until(2)
        time.sleep(2)
        return {"rss_mb": o.rss(), "anonymous_mb": private_rss(o.worker.processes())}
