"""The private RabbitMQ node of a run, and what is asked of its queues."""
import os
import socket
import subprocess
import time

import pika

from processes import Failure, cpu


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Broker:
    """A node on loopback, started by scripts/rabbitmq and gone with `close`."""

    def __init__(self, script, folder, port=None):
        self.script, self.folder, self.port = script, folder, port or free_port()
        self.uri = self._call("start", "--port", str(self.port)).strip()
        self.find_pid()

    def _call(self, command, *arguments):
        done = subprocess.run([self.script, command, "--dir", self.folder, *arguments], capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"rabbitmq {command}: {done.stderr.strip()[-800:]}")
        return done.stdout

    def find_pid(self):
        """the Erlang process whose processor time is the broker's"""
        text = self._call("status", "--port", str(self.port))
        words = text.replace("=", " ").split()
        self.pid = int(words[words.index("pid") + 1].rstrip(",;)"))

    @property
    def cpu(self):
        return cpu([(self.pid, None)])

    def kill(self):
        self._call("kill", "--port", str(self.port))

    def begin_start(self):
        """starts the node again on its data; returns at once"""
        return subprocess.Popen(
            [self.script, "start", "--dir", self.folder, "--port", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def await_port(self, seconds):
        """monotonic time at which the port opened"""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with socket.socket() as s:
                s.settimeout(0.2)
                if s.connect_ex(("127.0.0.1", self.port)) == 0:
                    return time.monotonic()
            time.sleep(0.001)
        raise Failure(f"port {self.port} did not open in {seconds} s")

    def close(self):
        try:
            self._call("stop", "--all", "--purge")
        except Failure:
            self._call("kill", "--all")

    # ---- queues ----
    def _channel(self):
        connection = pika.BlockingConnection(pika.URLParameters(self.uri))
        return connection, connection.channel()

    def depth(self, queue):
        """messages ready in a queue; None when there is no such queue"""
        connection, channel = self._channel()
        try:
            return channel.queue_declare(queue, passive=True).method.message_count
        except pika.exceptions.ChannelClosedByBroker:
            return None
        finally:
            connection.close()

    def await_depth(self, queue, want, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            depth = self.depth(queue)
            if depth == want:
                return
            if time.monotonic() > deadline:
                raise Failure(f"queue {queue} holds {depth} messages, expected {want}")
            time.sleep(0.05)

    def delete(self, queues):
        connection, channel = self._channel()
        for queue in queues:
            channel.queue_delete(queue)
        connection.close()

    def purge(self, queues):
        for queue in queues:
            connection, channel = self._channel()
            try:
                channel.queue_purge(queue)
            except pika.exceptions.ChannelClosedByBroker:
                pass
            finally:
                connection.close()

    def body_size(self, queue):
        """bytes of the body at the head of a queue"""
        connection, channel = self._channel()
        method, _, body = channel.basic_get(queue)
        if method:
            channel.basic_nack(method.delivery_tag, requeue=True)
        connection.close()
        return len(body or b"")
