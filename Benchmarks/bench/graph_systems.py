"""Workers whose tasks ask the graph: each task with a driver of its own, or all with the one of their process."""
import subprocess

from systems import HERE, System


class GraphTroupe(System):
    """BenchSend and BenchGraphWorker."""

    def __init__(self, binaries, broker, graph, folder, name="troupe-graph", slots=None, **settings):
        super().__init__(name, "troupe_bench", broker, folder)
        self.binaries, self.graph, self.settings = binaries, graph, settings
        self.options = ["--concurrency", str(slots)] if slots else []

    def environment(self):
        return {**super().environment(), **self.graph.variables, **self.settings}

    def send_command(self, kind, n):
        return [f"{self.binaries}/BenchSend", "ask", "--n", str(n)]

    def worker_command(self, *arguments):
        return [f"{self.binaries}/BenchGraphWorker", "worker", *self.options, *arguments]


class PythonGraph(System):
    """A Python worker with the official driver, in the environment of requirements-drivers.txt."""

    def __init__(self, python, broker, graph, folder, name, **settings):
        super().__init__(name, "python_bench", broker, folder)
        self.python, self.graph, self.settings = python, graph, settings

    def environment(self):
        return {**super().environment(), **self.graph.variables, **self.settings}


class Celery(PythonGraph):
    """Celery with its command line's defaults: a process for each core, one task at a time in each."""

    def send_command(self, kind, n):
        return [self.python, f"{HERE}/celery_app.py", str(n)]

    def worker_command(self, *arguments):
        return [self.python, "-m", "celery", "-A", "celery_app", "worker", "--loglevel", "WARNING"]


class DramatiqAsyncIO(PythonGraph):
    """dramatiq with its command line's defaults: a process for each core, eight threads each, one event loop."""

    def send_command(self, kind, n):
        return [self.python, f"{HERE}/dramatiq_graph_app.py", str(n)]

    def worker_command(self, *arguments):
        return [self.python, "-m", "dramatiq", "dramatiq_graph_app", "--queues", self.queue]


def python_of(venv_script, packages):
    """the interpreter of one of the Python environments"""
    shown = subprocess.run([venv_script, packages], stdout=subprocess.PIPE, text=True, check=True)
    return f"{shown.stdout.strip()}/bin/python"
