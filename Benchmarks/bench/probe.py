"""The probe: how a task tells the driver that it ran, at well under a microsecond a hit.

A file named by $BENCH_PROBE, mapped shared. Bytes 0-7: the next free slot (taken under an fcntl lock).
Slot k (k from 1) is the 64 bytes at 64*k: u64 count, f64 first, f64 last (CLOCK_MONOTONIC seconds),
little endian, written by one thread only. Latencies: $BENCH_LATENCY, f64 milliseconds appended, one write each.
"""
import fcntl
import mmap
import os
import struct
import threading
import time

SLOT, SLOTS = 64, 1024
SIZE = SLOT * (SLOTS + 1)
_hit = struct.Struct("<Qdd")
_local = threading.local()
_clock = time.monotonic


class _Slot:
    __slots__ = ("map", "offset", "count", "first", "pid")


def _claim():
    s = _Slot()
    with open(os.environ["BENCH_PROBE"], "r+b") as f:
        fcntl.lockf(f, fcntl.LOCK_EX)
        s.map = mmap.mmap(f.fileno(), SIZE)
        (k,) = struct.unpack_from("<Q", s.map, 0)
        struct.pack_into("<Q", s.map, 0, k + 1)
        fcntl.lockf(f, fcntl.LOCK_UN)
    s.offset, s.count, s.first, s.pid = SLOT * (k + 1), 0, _clock(), os.getpid()
    _local.slot = s
    return s


def hit():
    s = getattr(_local, "slot", None)
    if s is None or s.count == 0 and s.pid != os.getpid():
        s = _claim()
    s.count += 1
    _hit.pack_into(s.map, s.offset, s.count, s.first, _clock())


# ---- the driver's side ----
def create(path):
    with open(path, "wb") as f:
        f.truncate(SIZE)


class Reader:
    def __init__(self, path):
        self.file = open(path, "rb")
        self.map = mmap.mmap(self.file.fileno(), SIZE, prot=mmap.PROT_READ)

    def totals(self):
        """(hits, first, last)"""
        (used,) = struct.unpack_from("<Q", self.map, 0)
        total, first, last = 0, None, None
        for k in range(1, min(used, SLOTS) + 1):
            c, f, l = _hit.unpack_from(self.map, SLOT * k)
            if c:
                total += c
                first = f if first is None or f < first else first
                last = l if last is None or l > last else last
        return total, first, last

    def lasts(self):
        """the time of the last hit of each slot"""
        (used,) = struct.unpack_from("<Q", self.map, 0)
        return [_hit.unpack_from(self.map, SLOT * k)[2] for k in range(1, min(used, SLOTS) + 1)]

    def close(self):
        self.map.close()
        self.file.close()


def latencies(path):
    try:
        b = open(path, "rb").read()
    except FileNotFoundError:
        return []
    return sorted(struct.unpack(f"<{len(b) // 8}d", b[: len(b) // 8 * 8]))
