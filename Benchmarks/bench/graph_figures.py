"""What is measured of the graph driver: the figures, and their bars."""
import statistics

from figure import Figure


def ratio(measure, ours, c, key):
    """the median over the pairs of a round"""
    return lambda r: statistics.median(pair[ours][key] / pair[c][key] for pair in r[measure]["pairs"])


def of_pairs(measure, who, key):
    return lambda r: statistics.median(pair[who][key] for pair in r[measure]["pairs"])


def single(measure, who, key):
    return lambda r: r[measure][who][key]


def peer(measure, name, key):
    return lambda r: r[measure]["python"][name][key]


def peer_query(measure, name, key):
    return lambda r: r["queries"]["python"][measure][name][key]


FIGURES = [
    Figure("graph: query p50, against C", "×", ratio("queries", "session", "c", "p50_us"), most=2),
    Figure("graph: executeQuery p50, reading, against C", "×",
           ratio("queries", "execute_read", "c", "p50_us"), most=2.5),
    Figure("graph: executeQuery p50, writing, against C with BEGIN and COMMIT", "×",
           ratio("queries", "execute", "c_transaction", "p50_us"), most=2.5),
    Figure("graph: CPU a query", "µs", of_pairs("queries", "session", "client_cpu_us"), most=40, digits=1),
    Figure("graph: 32 tasks, queries/s against C", "×", ratio("concurrent", "ours", "c", "per_s"), least=0.6),
    Figure("graph: CPU a row of 1,000,000", "µs", single("rows", "ours", "client_cpu_us"), most=1),
    Figure("graph: memory for 1,000,000 rows", "MB", single("rows", "ours", "growth_mb"), most=32, digits=1),
    Figure("graph: CPU a node, into structs", "µs", single("nodes", "ours", "client_cpu_us"), most=2.5),
    Figure("graph: CPU a row written, batches of 10,000", "µs", single("batches", "ours", "client_cpu_us"), most=1),
    Figure("graph: a driver for every query, p50 against C", "×", ratio("fresh", "ours", "c", "p50_us"), most=2),
    Figure("graph: GraphDriver in the chain", "µs/message", lambda r: r["chain"]["injection_ns"] / 1e3, most=0.5),
    Figure("graph: idle worker, RSS", "MB", lambda r: r["graph_idle"]["rss_mb"], most=24, digits=1),
]

PEERS = [("python", "Python"), ("rust", "Python with Rust")]

NOTES = [
    ("graph: query p50, C", "µs", of_pairs("queries", "c", "p50_us")),
    ("graph: query p50, one session", "µs", of_pairs("queries", "session", "p50_us")),
    ("graph: query p50, a session each", "µs", of_pairs("queries", "sessions", "p50_us")),
    ("graph: executeQuery p50, reading", "µs", of_pairs("queries", "execute_read", "p50_us")),
    ("graph: executeQuery p50, writing", "µs", of_pairs("queries", "execute", "p50_us")),
    ("graph: BEGIN, query, COMMIT p50, C", "µs", of_pairs("queries", "c_transaction", "p50_us")),
    *((f"graph: query p50, {name}", "µs", peer_query("session", key, "p50_us")) for key, name in PEERS),
    *((f"graph: execute_query p50, reading, {name}", "µs", peer_query("execute-read", key, "p50_us"))
      for key, name in PEERS),
    ("graph: CPU a query, C", "µs", of_pairs("queries", "c", "client_cpu_us")),
    ("graph: CPU of an executeQuery, reading", "µs", of_pairs("queries", "execute_read", "client_cpu_us")),
    ("graph: CPU of an executeQuery, writing", "µs", of_pairs("queries", "execute", "client_cpu_us")),
    *((f"graph: CPU a query, {name}", "µs", peer_query("session", key, "client_cpu_us")) for key, name in PEERS),
    ("graph: 32 tasks", "queries/s", of_pairs("concurrent", "ours", "per_s")),
    ("graph: 32 connections, C", "queries/s", of_pairs("concurrent", "c", "per_s")),
    ("graph: CPU a query of 32 tasks", "µs", of_pairs("concurrent", "ours", "client_cpu_us")),
    *((f"graph: 32 threads, {name}", "queries/s", peer("concurrent", key, "per_s")) for key, name in PEERS),
    ("graph: rows read", "rows/s", single("rows", "ours", "per_s")),
    ("graph: rows received, C", "rows/s", single("rows", "c", "per_s")),
    ("graph: server's CPU a row", "µs", single("rows", "c", "server_cpu_us")),
    *((f"graph: CPU a row, {name}", "µs", peer("rows", key, "client_cpu_us")) for key, name in PEERS),
    ("graph: nodes read", "nodes/s", single("nodes", "ours", "per_s")),
    ("graph: nodes received, C", "nodes/s", single("nodes", "c", "per_s")),
    *((f"graph: CPU a node, {name}", "µs", peer("nodes", key, "client_cpu_us")) for key, name in PEERS),
    ("graph: rows written", "rows/s", single("batches", "ours", "per_s")),
    ("graph: rows written, C", "rows/s", single("batches", "c", "per_s")),
    *((f"graph: CPU a row written, {name}", "µs", peer("batches", key, "client_cpu_us")) for key, name in PEERS),
    ("graph: a driver for every query, p50", "µs", of_pairs("fresh", "ours", "p50_us")),
    ("graph: a connection for every query, p50, C", "µs", of_pairs("fresh", "c", "p50_us")),
    ("graph: a driver for every query, p50 against the shared one", "×", ratio("fresh", "ours", "shared", "p50_us")),
    *((f"graph: a driver for every query, p50, {name}", "µs", peer("fresh", key, "p50_us")) for key, name in PEERS),
    ("graph: idle worker, anonymous memory", "MB", lambda r: r["graph_idle"]["anonymous_mb"]),
]
