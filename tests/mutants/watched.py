# SPDX-License-Identifier: Apache-2.0
"""Runs a command that may hang or eat all memory: it gets so much CPU time and so much memory, and no more.

CPU time, not the clock, so that a busy machine does not make a mutant look as if it hung.
"""
import dataclasses
import os
import resource
import signal
import subprocess
import tempfile
import time

MEMORY_MAX = 3 << 30
CLOCK_MAX_S = 1800  # of something that sleeps for ever
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclasses.dataclass(frozen=True)
class Outcome:
    code: int | None  # None: it was stopped
    output: str
    cpu_s: float


def _resident(pid):
    """Bytes of memory of a process and of those that it started."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            total = int(file.read().split()[1]) * _PAGE
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return total + sum(_resident(child) for child in file.read().split())
    except OSError:
        return 0  # it ended meanwhile


def _wait(child):
    """Returns the exit code; raises TimeoutError once the child has had too much."""
    began = time.monotonic()
    while True:
        try:
            return child.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            if _resident(child.pid) > MEMORY_MAX or time.monotonic() - began > CLOCK_MAX_S:
                raise TimeoutError from None


def run(command, cwd, cpu_max_s=None):
    """Runs `command` (a list, or a text for the shell) to its end or to its limit."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if cpu_max_s is not None:
            most = int(cpu_max_s) + 1
            resource.setrlimit(resource.RLIMIT_CPU, (most, most))

    with tempfile.TemporaryFile() as output:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with subprocess.Popen(command, cwd=cwd, shell=isinstance(command, str), stdout=output,
                              stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, preexec_fn=limit,
                              start_new_session=True) as child:
            try:
                code, is_stopped = _wait(child), False
            except (TimeoutError, KeyboardInterrupt, SystemExit) as stop:
                os.killpg(child.pid, signal.SIGKILL)
                if not isinstance(stop, TimeoutError):
                    raise
                code, is_stopped = child.wait(), True
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
        is_stopped = is_stopped or code in (-signal.SIGXCPU, -signal.SIGKILL)
        return Outcome(None if is_stopped else code, text,
                       after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
