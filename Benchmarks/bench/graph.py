"""The private graph server of a run: ArcadeDB, started by scripts/graphdb."""
import os
import shlex
import subprocess

from broker import free_port
from processes import Failure


class Graph:
    """A server on loopback, gone with `close`."""

    def __init__(self, script, folder, tls="off"):
        self.script, self.folder = script, folder
        # A large heap: its own collector shall not be what is measured.
        self._call("start", "--port", str(free_port()), "--heap", "2g", "--tls", tls)
        words = self._call("status").split()
        self.pid = int(words[words.index("pid") + 1])
        lines = shlex.split(self._call("env"))
        settings = dict(line.split("=", 1) for line in lines)
        self.url = settings["GRAPHDB_URI"]
        self.host, port = self.url.split("://")[1].rsplit(":", 1)
        self.port, self.database = int(port), settings["GRAPHDB_DATABASES"].split(",")[0]
        self.user, self.password = settings["GRAPHDB_USER"], settings["GRAPHDB_PASSWORD"]
        self.tls_url, self.ca = settings.get("GRAPHDB_TLS_URI"), settings.get("GRAPHDB_CA")

    def _call(self, command, *arguments):
        done = subprocess.run([self.script, command, "--dir", self.folder, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"graphdb {command}: {done.stderr.strip()[-800:]}")
        return done.stdout

    @property
    def variables(self):
        """what the programs of both sides read"""
        return {"BOLT_URL": self.url, "BOLT_USER": self.user, "BOLT_PASSWORD": self.password,
                "BOLT_DATABASE": self.database, "BENCH_SERVER_PID": str(self.pid)}

    @property
    def environment(self):
        return {**os.environ, **self.variables, "PYTHONDONTWRITEBYTECODE": "1"}

    def close(self):
        self._call("stop", "--purge")
