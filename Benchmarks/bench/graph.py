"""The private graph server of a run: ArcadeDB, started by scripts/graphdb."""
import os
import re
import shlex
import socket
import struct
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

    def connections(self):
        """how many connections the server has taken since it was started, by its own count: the number of a new one"""
        with socket.create_connection((self.host, self.port), 10) as s:
            s.sendall(b"\x60\x60\xb0\x17" + struct.pack(">IIII", 0x00030405, 0, 0, 0))
            hello = b"\xb1\x01\xa1\x8auser_agent\x87bench/1"
            s.sendall(struct.pack(">H", len(hello)) + hello + b"\0\0")
            answer = b""
            while not (number := re.search(rb"bolt-(\d+)[^\d]", answer)):
                got = s.recv(4096)
                if not got:
                    raise Failure("the graph server closed a connection that asked for its number")
                answer += got
        return int(number[1])

    @staticmethod
    def turned_away():
        """how many attempts to connect this machine has dropped because a server's queue for them was full"""
        names, values = (line.split() for line in open("/proc/net/netstat") if line.startswith("TcpExt:"))
        return int(values[names.index("ListenDrops")])

    def close(self):
        self._call("stop", "--purge")


class DistantGraph:
    """The same server at the end of a slower way: delay_proxy.c between it and its clients."""

    def __init__(self, graph, program, milliseconds):
        self.graph = graph
        self.proxy = subprocess.Popen(
            [program, str(graph.port), str(int(milliseconds * 1000))], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        port = int(self.proxy.stdout.readline())
        self.variables = {**graph.variables, "BOLT_URL": f"bolt://{graph.host}:{port}"}

    def close(self):
        self.proxy.stdin.close()
        self.proxy.wait(10)


class SecureGraph:
    """The same server by TLS, its certificate checked."""

    def __init__(self, graph):
        self.variables = {**graph.variables, "BOLT_URL": graph.tls_url, "BOLT_CA_FILE": graph.ca}
