"""What is measured of the worker and the broker: the figures, and their bars."""
import statistics

from figure import Figure


def of_pairs(value):
    """the median over the pairs of a round"""
    return lambda r: statistics.median(value(pair["drain"], pair["c"]) for pair in r["pairs"])


def drained(key):
    return of_pairs(lambda ours, _: ours[key])


def limit(stage, key):
    return of_pairs(lambda _, c: c[stage][key])


FIGURES = [
    Figure("drain, against C with coalesced acks", "×",
           of_pairs(lambda ours, c: ours["per_s"] / c["consume_multi"]["msgs_per_s"]), least=0.85),
    Figure("worker CPU for 100,000 messages", "s", drained("cpu_s_per_100k"), most=0.8),
    Figure("broker CPU for 100,000 messages while draining", "s", drained("broker_cpu_s_per_100k"), most=3.5),
    Figure("confirmed bulk enqueue, against C with confirms", "×",
           of_pairs(lambda ours, c: ours["enqueue_per_s"] / c["confirm"]["msgs_per_s"]), least=0.85),
    Figure("awaited sends one by one, against C", "×",
           lambda r: statistics.median(ours / c for ours, c in r["one_by_one"]), least=0.9),
    Figure("latency p50 at 50 messages/s, against C", "×",
           lambda r: statistics.median(ours["p50_ms"] / c["p50_ms"] for ours, c in r["latency"]), most=1.7),
    Figure("2,000 sleeps of 100 ms", "s", lambda r: r["sleeps"]["total_s"] * 2000 / r["sleeps"]["n"], most=2.5),
    Figure("start to first task", "ms", lambda r: r["startup"]["first_task_ms"], most=100, digits=0),
    Figure("idle worker, RSS", "MB", lambda r: r["startup"]["rss_mb"], most=20, digits=1),
    Figure("retried task's CPU, against a plain one", "×",
           lambda r: r["retry"]["cpu_s_per_100k"] / drained("cpu_s_per_100k")(r), most=3),
    Figure("standard chain over an empty one", "µs/message", lambda r: r["chain"]["chain_ns"] / 1e3, most=2),
    Figure("worker RSS for 100,000 delayed messages", "MB", lambda r: r["delayed"]["growth_mb"], most=1, digits=1),
    Figure("broker restarted: open port to first task", "s", lambda r: r["restart"]["first_task_s"], most=1),
]

# Shown beside the figures, without a bar: absolute values, and the other systems.
NOTES = [
    ("drain", "messages/s", drained("per_s")),
    ("drain, C", "messages/s", limit("consume_multi", "msgs_per_s")),
    ("drain, C with an I/O thread and a worker thread", "messages/s", lambda r: r["c_handoff"]["msgs_per_s"]),
    ("drain, dramatiq", "messages/s", lambda r: r["dramatiq"]["per_s"]),
    ("worker CPU for 100,000 messages, C", "s", limit("consume_multi", "cpu_s_per_100k")),
    ("worker CPU for 100,000 messages, C with two threads", "s", lambda r: r["c_handoff"]["cpu_s_per_100k"]),
    ("worker CPU for 100,000 messages, dramatiq", "s", lambda r: r["dramatiq"]["cpu_s_per_100k"]),
    ("worker CPU for 100,000 retried messages", "s", lambda r: r["retry"]["cpu_s_per_100k"]),
    ("broker CPU for 100,000 messages while draining, C", "s", limit("consume_multi", "broker_cpu_s_per_100k")),
    ("broker CPU for 100,000 messages while draining, dramatiq", "s",
     lambda r: r["dramatiq"]["broker_cpu_s_per_100k"]),
    ("bulk enqueue, confirmed", "messages/s", drained("enqueue_per_s")),
    ("bulk enqueue, C", "messages/s", limit("confirm", "msgs_per_s")),
    ("bulk enqueue, sender's CPU for 100,000 messages", "s", drained("enqueue_cpu_s_per_100k")),
    ("enqueue, dramatiq (not confirmed)", "messages/s", lambda r: r["dramatiq"]["enqueue_per_s"]),
    ("awaited sends", "messages/s", lambda r: statistics.median(ours for ours, _ in r["one_by_one"])),
    ("awaited sends, C", "messages/s", lambda r: statistics.median(c for _, c in r["one_by_one"])),
    ("latency p50", "ms", lambda r: statistics.median(ours["p50_ms"] for ours, _ in r["latency"])),
    ("latency p50, C", "ms", lambda r: statistics.median(c["p50_ms"] for _, c in r["latency"])),
    ("latency p99", "ms", lambda r: statistics.median(ours["p99_ms"] for ours, _ in r["latency"])),
    ("latency p99, C", "ms", lambda r: statistics.median(c["p99_ms"] for _, c in r["latency"])),
    ("idle worker, anonymous memory", "MB", lambda r: r["startup"]["anonymous_mb"]),
    ("idle worker, share of a core", "%", lambda r: r["startup"]["idle_cpu_percent"]),
    ("worker without a broker, standard chain", "µs/message", lambda r: r["chain"]["standard_ns"] / 1e3),
    ("decoding an envelope", "µs", lambda r: r["chain"]["decode_ns"] / 1e3),
    ("encoding an envelope", "µs", lambda r: r["chain"]["encode_ns"] / 1e3),
    ("worker RSS for 100,000 messages moved from a delay queue, at the peak", "MB",
     lambda r: r["transferred"]["peak_growth_mb"]),
]
