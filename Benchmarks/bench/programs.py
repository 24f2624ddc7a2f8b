"""How a run begins: its Python, its binaries, its words."""
import os
import subprocess
import sys
import time

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(BENCHMARKS)
VENV = f"{ROOT}/scripts/venv"


def in_environment(script):
    """goes on in the Python that has pika and dramatiq"""
    venv = subprocess.run([VENV], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    if os.path.realpath(sys.prefix) != os.path.realpath(venv):
        os.execv(f"{venv}/bin/python", [f"{venv}/bin/python", os.path.abspath(script), *sys.argv[1:]])


def say(*words):
    print(time.strftime("%H:%M:%S"), *words, file=sys.stderr, flush=True)


def build():
    """the folder of the release binaries: the standard library inside, as they would be deployed"""
    command = ["swift", "build", "--package-path", BENCHMARKS, "-c", "release", "--static-swift-stdlib"]
    subprocess.run(command, check=True, stdout=sys.stderr)
    shown = subprocess.run([*command, "--show-bin-path"], check=True, stdout=subprocess.PIPE, text=True)
    return shown.stdout.strip()


def compiled(source, folder):
    """a C program of one file, built into a folder"""
    program = f"{folder}/{os.path.splitext(os.path.basename(source))[0]}"
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", program, source], check=True)
    return program
