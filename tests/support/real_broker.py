# SPDX-License-Identifier: Apache-2.0
"""A `faultline-broker` process for tests: started on a free port over a temporary directory, always ended."""
import os
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

START_SECONDS = 60


class Broker:
    """Use as a context manager. `lines` are what it wrote to stderr so far."""

    def __init__(self, program, *arguments, data=None, port=0, limits=None):
        self.program, self.arguments, self.limits = program, arguments, limits
        self._own_data = None if data else tempfile.mkdtemp(prefix="faultline-test-")
        self.data = data or os.path.join(self._own_data, "log")
        self.port = port
        self.process = None
        self._kept_lines = []
        self._errors = tempfile.TemporaryFile(mode="w+b")

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.kill()
        self._kept_lines = self.lines
        self._errors.close()
        if self._own_data:
            shutil.rmtree(self._own_data, ignore_errors=True)

    def start(self):
        """Starts it and waits until it listens; the first port that it got is kept for later starts."""
        command = [self.program, "--data", self.data, "--listen", f"127.0.0.1:{self.port}", *self.arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._errors, text=True,
                                        preexec_fn=self.limits)
        ready, _, _ = select.select([self.process.stdout], [], [], START_SECONDS)
        line = self.process.stdout.readline() if ready else ""
        if not line.startswith("listening on "):
            self.kill()
            raise RuntimeError("the broker does not start:\n" + "".join(self.lines))
        self.port = int(line.rsplit(":", 1)[1])
        return self

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def lines(self):
        if self._errors.closed:
            return self._kept_lines
        self._errors.seek(0)
        return self._errors.read().decode().splitlines(keepends=True)

    def metrics_port(self):
        found = [re.search(r"event=metrics.started endpoint=\S+:(\d+)", line) for line in self.lines]
        return int([match for match in found if match][-1][1])

    def kill(self):
        """kill -9."""
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
            self.process.stdout.close()

    def stop(self, number=signal.SIGTERM, seconds=60):
        """Asks it to stop; gives its exit code."""
        self.process.send_signal(number)
        return self.wait(seconds)

    def wait(self, seconds=60):
        code = self.process.wait(seconds)
        self.process.stdout.close()
        return code

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def cpu_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def connect(self, seconds=10):
        return socket.create_connection(("127.0.0.1", self.port), timeout=seconds)


def frame(key, version, correlation, body=b"", client=b"test"):
    """A request with header 1."""
    header = struct.pack(">hhih", key, version, correlation, len(client)) + client
    return struct.pack(">i", len(header) + len(body)) + header + body


def read_exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            raise EOFError(f"closed after {len(data)} of {count} bytes")
        data += part
    return data


def read_frame(connection):
    return read_exactly(connection, struct.unpack(">i", read_exactly(connection, 4))[0])


def ask_versions(connection, correlation=1):
    """One round trip of ApiVersions 0; gives how many seconds it took."""
    began = time.monotonic()
    connection.sendall(frame(18, 0, correlation))
    answer = read_frame(connection)
    assert struct.unpack(">ih", answer[:6]) == (correlation, 0), answer[:6]
    return time.monotonic() - began
