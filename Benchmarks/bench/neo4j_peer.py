"""The official Python driver doing what BenchBolt does: `neo4j_peer.py MEASURE N`, one JSON line.

The server is that of BOLT_URL, BOLT_USER, BOLT_PASSWORD and BOLT_DATABASE; BENCH_SERVER_PID is its process.
"""
import asyncio
import json
import os
import sys
import threading
import time

from neo4j import AsyncGraphDatabase, GraphDatabase, RoutingControl

URL, AUTH = os.environ["BOLT_URL"], (os.environ["BOLT_USER"], os.environ["BOLT_PASSWORD"])
DATABASE = os.environ["BOLT_DATABASE"]
SERVER = int(os.environ.get("BENCH_SERVER_PID", "0"))
ONE = "RETURN $x AS x"
WARM_UP = 200


class Measured:
    """Wall time, own processor time and the server's over a with block."""

    def _server(self):
        return time.clock_gettime((~SERVER << 3) | 2) if SERVER else 0.0

    def __enter__(self):
        self.server, self.own, self.wall = self._server(), time.process_time(), time.perf_counter()
        return self

    def __exit__(self, *_):
        self.wall = time.perf_counter() - self.wall
        self.own, self.server = time.process_time() - self.own, self._server() - self.server

    def figures(self, n, latencies=()):
        out = {"n": n, "wall_s": self.wall, "per_s": n / self.wall, "client_cpu_us": self.own / n * 1e6,
               "server_cpu_us": self.server / n * 1e6}
        ordered = sorted(latencies)
        for name, share in ("p50_us", 0.5), ("p90_us", 0.9), ("p99_us", 0.99):
            if ordered:
                out[name] = ordered[int((len(ordered) - 1) * share)] * 1e6
        return out


def latency(one, n, warm_up=WARM_UP):
    latencies = []
    for x in range(warm_up):
        one(x)
    with Measured() as m:
        for x in range(n):
            t = time.perf_counter()
            got = one(x)
            latencies.append(time.perf_counter() - t)
            assert got == x, f"{got} instead of {x}"
    return m.figures(n, latencies)


def shared_driver(**options):
    return GraphDatabase.driver(URL, auth=AUTH, **options)


def in_session(driver, x):
    with driver.session(database=DATABASE) as session:
        return session.run(ONE, x=x).single()[0]


def session(n):
    with shared_driver() as driver, driver.session(database=DATABASE) as session:
        return latency(lambda x: session.run(ONE, x=x).single()[0], n)


def sessions(n):
    with shared_driver() as driver:
        return latency(lambda x: in_session(driver, x), n)


def execute(n, routing=RoutingControl.WRITE):
    with shared_driver() as driver:
        return latency(
            lambda x: driver.execute_query(ONE, x=x, database_=DATABASE, routing_=routing).records[0][0], n)


def execute_read(n):
    return execute(n, RoutingControl.READ)


def asyncio_sessions(n):
    async def run():
        latencies = []
        async with AsyncGraphDatabase.driver(URL, auth=AUTH) as driver:
            async def one(x):
                async with driver.session(database=DATABASE) as session:
                    return (await (await session.run(ONE, x=x)).single())[0]
            for x in range(WARM_UP):
                await one(x)
            with Measured() as m:
                for x in range(n):
                    t = time.perf_counter()
                    assert await one(x) == x
                    latencies.append(time.perf_counter() - t)
        return m.figures(n, latencies)
    return asyncio.run(run())


def throughput(seconds, tasks=32):
    done, stop = [0] * tasks, threading.Event()
    with shared_driver(max_connection_pool_size=tasks) as driver:
        def work(k):
            while not stop.is_set():
                assert in_session(driver, done[k]) == done[k]
                done[k] += 1
        threads = [threading.Thread(target=work, args=(k,)) for k in range(tasks)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        before = sum(done)
        with Measured() as m:
            time.sleep(seconds)
            count = sum(done) - before
        stop.set()
        for thread in threads:
            thread.join()
    return m.figures(count)


def fresh(n):
    def one(x):
        with shared_driver() as driver:
            return in_session(driver, x)
    return latency(one, n, 10)


def rows(n):
    query = "UNWIND range(1, $n) AS i RETURN i, toString(i) AS s, i * 0.5 AS f"
    with shared_driver() as driver, driver.session(database=DATABASE) as session:
        count, total = 0, 0
        with Measured() as m:
            for number, text, half in session.run(query, n=n):
                count += 1
                total += number
        assert (count, total) == (n, n * (n + 1) // 2), (count, total)
    return m.figures(n)


def nodes(n):
    with shared_driver() as driver, driver.session(database=DATABASE) as session:
        count, flags = 0, 0
        with Measured() as m:
            for (node,) in session.run("MATCH (n:BenchNode) RETURN n LIMIT $n", n=n):
                count += 1
                flags += node["flag"]
        assert count == n and flags, (count, flags)
    return m.figures(n)


def write(n, batch=10_000):
    query = "UNWIND $rows AS r CREATE (:BenchWrite {id: r.id, name: r.name, score: r.score, flag: r.flag})"
    with shared_driver() as driver, driver.session(database=DATABASE) as session:
        session.run("MATCH (n:BenchWrite) DELETE n").consume()
        with Measured() as m:
            for start in range(0, n, batch):
                rows = [{"id": i, "name": f"name-{i:08d}", "score": i * 0.25, "flag": i % 2 == 0}
                        for i in range(start, min(start + batch, n))]
                session.execute_write(lambda tx: tx.run(query, rows=rows).consume())
        session.run("MATCH (n:BenchWrite) DELETE n").consume()
    return m.figures(n)


if __name__ == "__main__":
    measures = {"session": session, "sessions": sessions, "execute": execute, "execute-read": execute_read,
                "asyncio": asyncio_sessions, "throughput": throughput, "fresh": fresh, "rows": rows, "nodes": nodes,
                "write": write}
    print(json.dumps(measures[sys.argv[1]](int(sys.argv[2]))))
