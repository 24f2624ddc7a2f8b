"""The systems under observation: how each sends, and how its worker is started."""
import importlib.metadata
import json
import os
import subprocess
import sys

import probe
from processes import Failure, Worker

HERE = os.path.dirname(os.path.abspath(__file__))


class System:
    """Sends with `send_command`, runs with `worker_command`; both find the broker and the probe in the environment."""

    def __init__(self, name, queue, broker, folder):
        self.name, self.queue, self.broker, self.folder = name, queue, broker, f"{folder}/{name}"
        os.makedirs(self.folder)

    @property
    def queues(self):
        return [self.queue, self.queue + ".DQ", self.queue + ".XQ"]

    def environment(self):
        return {
            **os.environ, "AMQP_URL": self.broker.uri, "BENCH_PROBE": f"{self.folder}/probe",
            "BENCH_LATENCY": f"{self.folder}/latency", "BENCH_QUEUE": self.queue, "PYTHONPATH": HERE,
            "PYTHONDONTWRITEBYTECODE": "1"}

    def fresh(self):
        """empty queues, and a new probe to read"""
        self.broker.delete(self.queues)
        probe.create(f"{self.folder}/probe")
        open(f"{self.folder}/latency", "wb").close()
        return probe.Reader(f"{self.folder}/probe")

    def sender(self, kind, n, **options):
        return subprocess.Popen(
            self.send_command(kind, n, **options), env=self.environment(), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True)

    def send(self, kind, n, **options):
        """{n, wall_s, cpu_s}, once all are with the broker"""
        return self.sent(self.sender(kind, n, **options))

    def sent(self, sender):
        out, err = sender.communicate(timeout=600)
        if sender.returncode:
            raise Failure(f"the sender of {self.name} ended with status {sender.returncode}: {err[-800:]}")
        return json.loads(out.splitlines()[-1])

    def start(self, *arguments):
        return Worker(self.worker_command(*arguments), self.environment(), f"{self.folder}/worker.log", self.folder)

    def log(self):
        try:
            return open(f"{self.folder}/worker.log", errors="replace").read()[-1500:]
        except OSError:
            return ""

    def latencies(self):
        return probe.latencies(f"{self.folder}/latency")


class Troupe(System):
    """BenchSend and BenchWorker; the worker with its defaults, in one process."""

    def __init__(self, binaries, broker, folder):
        super().__init__("troupe", "troupe_bench", broker, folder)
        self.binaries = binaries

    def send_command(self, kind, n, **options):
        flags = []
        for name, value in options.items():
            flag = "--" + name.replace("_", "-")
            flags += [flag] if value is True else [flag, str(value)]
        return [f"{self.binaries}/BenchSend", kind, "--n", str(n), *flags]

    def worker_command(self, *arguments):
        return [f"{self.binaries}/BenchWorker", "worker", *arguments]


class Dramatiq(System):
    """dramatiq with its command line's defaults: a process for each core, eight threads each."""

    def __init__(self, broker, folder):
        super().__init__("dramatiq", "dramatiq_bench", broker, folder)
        self.version = importlib.metadata.version("dramatiq")

    def send_command(self, kind, n, **options):
        return [sys.executable, f"{HERE}/dramatiq_app.py", kind, str(n)]

    def worker_command(self, *arguments):
        return [sys.executable, "-m", "dramatiq", "dramatiq_app", "--queues", self.queue]
