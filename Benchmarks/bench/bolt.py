"""The clients of a graph server: C without decoding, this library's driver, the official one for Python."""
import json
import os
import subprocess

from processes import Failure
from programs import compiled

HERE = os.path.dirname(os.path.abspath(__file__))


def run(command, environment):
    """the JSON line that a program prints"""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise Failure(f"{os.path.basename(command[0])}: {done.stderr.strip()[-800:]}")
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}


class BoltLimit:
    """Limit/Bolt, compiled and run."""

    def __init__(self, sources, folder, graph):
        self.program, self.graph = compiled(f"{sources}/bolt_limit.c", folder), graph

    def run(self, mode, *arguments):
        graph = self.graph
        command = [self.program, graph.host, str(graph.port), graph.database, "-p", str(graph.pid), mode]
        return run([*command, *map(str, arguments)], graph.environment)


class BoltTroupe:
    """BenchBolt."""

    def __init__(self, binaries, graph):
        self.program, self.graph = f"{binaries}/BenchBolt", graph

    def run(self, measure, **options):
        flags = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        return run([self.program, measure, "--server-pid", str(self.graph.pid), *flags], self.graph.environment)


class BoltPython:
    """neo4j_peer.py, by the interpreter of one of the Python environments."""

    def __init__(self, python, graph):
        self.python, self.graph = python, graph

    def run(self, measure, n):
        return run([self.python, f"{HERE}/neo4j_peer.py", measure, str(n)], self.graph.environment)
