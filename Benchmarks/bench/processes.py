"""Processes under observation: a session of their own, their processor time and memory by /proc."""
import os
import signal
import subprocess
import time

PAGE = os.sysconf("SC_PAGE_SIZE")


class Failure(Exception):
    """A measurement that could not be taken."""


def stat(pid):
    """the fields of /proc/PID/stat from the state on"""
    return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()


def session(sid):
    """(pid, stat) of the living processes of a session"""
    out = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                fields = stat(name)
            except (OSError, IndexError):
                continue
            if int(fields[3]) == sid and fields[0] not in "ZX":
                out.append((int(name), fields))
    return out


def cpu(processes):
    """processor seconds of processes, those of threads that have ended included"""
    total = 0.0
    for pid, _ in processes:
        try:
            # The CPU-time clock of another process: clock_getcpuclockid(3).
            total += time.clock_gettime((~pid << 3) | 2)
        except OSError:
            continue
    return total


def rss(processes):
    """resident memory in MB"""
    return sum(int(fields[21]) for _, fields in processes) * PAGE / 1e6


def private_rss(processes):
    """resident memory that is not backed by files, in MB: what was allocated"""
    total = 0
    for pid, _ in processes:
        for line in open(f"/proc/{pid}/status"):
            if line.startswith("RssAnon:"):
                total += int(line.split()[1])
    return total / 1e3


class Worker:
    """A worker in a session of its own; ended with SIGTERM, then SIGKILL, by pid."""

    def __init__(self, command, environment, log, folder):
        self.log = open(log, "wb")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL,
            start_new_session=True, cwd=folder)

    def processes(self):
        return session(self.process.pid)

    def check(self):
        if self.process.poll() is not None:
            raise Failure(f"the worker ended with status {self.process.returncode}")

    def stop(self):
        """seconds until it had gone"""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            pass
        seconds = time.monotonic() - begin
        for pid, _ in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.log.close()
        return seconds
