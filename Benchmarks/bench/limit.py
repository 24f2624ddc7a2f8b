"""The C limit: Limit/, compiled and run."""
import json
import os
import subprocess

from processes import Failure


class Limit:
    """What one librabbitmq client reaches at the broker of a run."""

    def __init__(self, sources, folder, broker):
        self.program, self.broker = f"{folder}/amqp_limit", broker
        files = [os.path.join(sources, name) for name in sorted(os.listdir(sources)) if name.endswith(".c")]
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "librabbitmq"], capture_output=True, text=True, check=True)
        compiler = os.environ.get("CC", "cc")
        subprocess.run(
            [compiler, "-O2", "-o", self.program, *files, *flags.stdout.split(), "-lpthread"], check=True)

    def run(self, stages, n, size):
        """{stage: figures}"""
        command = [self.program, "--uri", self.broker.uri, "--what", ",".join(stages), "--n", str(n),
                   "--size", str(size), "--broker-pid", str(self.broker.pid)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise Failure(done.stderr.strip())
        return {x["stage"]: x for x in map(json.loads, done.stdout.splitlines())}
