#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Clients that mean harm, or are broken: nobody else notices, and memory stays bounded.

Goal: slowloris, idle crowds, half frames, absurd lengths, random frames and clients that never read cost the others
nothing that they feel. Method: the real binary; while each attack runs, a well-behaved client measures its round trips,
and the broker's resident memory is watched. Figures are printed. FAULTLINE_HOSTILE_FRAMES sets how many random frames
are sent (20,000 in a test, 1,000,000 when somebody wants to know); FAULTLINE_SANITIZE, when not empty, says that the broker
runs under a sanitizer. Usage: hostile_test.py FAULTLINE_BROKER
"""
import contextlib
import os
import pathlib
import random
import resource
import socket
import struct
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from real_broker import Broker, ask_versions, frame, read_frame  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))
FRAMES = int(os.environ.get("FAULTLINE_HOSTILE_FRAMES", "20000"))
MEGABYTE = 1 << 20
# A sanitizer keeps freed memory to catch its use, so what is resident says nothing of the broker.
IS_MEMORY_BOUNDED = not os.environ.get("FAULTLINE_SANITIZE")
# Of a round trip beside an attack, on a machine that may be busy with other tests.
MEDIAN_SECONDS, SLOWEST_SECONDS = 0.02, 2.0


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


class Victim:
    """A client that asks politely, over and over, and notes how long each answer takes."""

    def __init__(self, broker):
        self.connection, self.times, self.error = broker.connect(30), [], None
        self.stop, self.thread = threading.Event(), threading.Thread(target=self.run)

    def run(self):
        try:
            while not self.stop.is_set():
                self.times.append(ask_versions(self.connection, len(self.times)))
                time.sleep(0.002)
        except Exception as error:  # told by the test that waits for it
            self.error = error

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()
        self.connection.close()


class Hostile(unittest.TestCase):
    def setUp(self):
        self.broker = Broker(PROGRAM).start()
        self.addCleanup(self.broker.__exit__)
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)

    def connect(self):
        return self.stack.enter_context(self.broker.connect(30))

    @contextlib.contextmanager
    def others_are_served(self, memory_max):
        """Holds latency and memory to their bounds while the body attacks."""
        before = self.broker.resident_bytes()
        with Victim(self.broker) as victim:
            yield
            time.sleep(0.3)
            grown = self.broker.resident_bytes() - before
        self.assertIsNone(victim.error)
        times = sorted(victim.times)
        self.assertGreater(len(times), 20)
        middle, late, worst = times[len(times) // 2], times[len(times) * 99 // 100], times[-1]
        print(f"{self._testMethodName}: round trips of others p50 {middle * 1e3:.2f} ms, p99 {late * 1e3:.2f} ms, worst "
              f"{worst * 1e3:.1f} ms; memory +{grown / MEGABYTE:.1f} MB")
        self.assertLess(middle, MEDIAN_SECONDS)
        self.assertLess(worst, SLOWEST_SECONDS)
        if IS_MEMORY_BOUNDED:
            self.assertLess(grown, memory_max)

    def test_slowloris(self):
        request = frame(18, 0, 1)
        with self.others_are_served(8 * MEGABYTE):
            slow = [self.connect() for _ in range(300)]
            for byte in request[:-1]:
                for connection in slow:
                    connection.sendall(bytes([byte]))
                time.sleep(0.02)
        for connection in slow:  # slow is not wrong
            connection.sendall(request[-1:])
            read_frame(connection)

    def test_a_crowd_that_says_nothing(self):
        crowd = min(10_000, raise_descriptor_limit() - 500)
        with self.others_are_served(100 * MEGABYTE):
            for _ in range(crowd):
                self.connect()
        print(f"{crowd} idle connections")

    def test_half_frames_hold_only_what_has_come(self):
        with self.others_are_served(64 * MEGABYTE):
            for _ in range(100):
                self.connect().sendall(struct.pack(">i", 100_000_000) + b"x" * 200_000)

    def test_absurd_lengths_end_the_connection(self):
        with self.others_are_served(8 * MEGABYTE):
            for length in (0x7fffffff, -1, -0x80000000, 104_857_601, 0, 1, 7):
                connection = self.connect()
                connection.sendall(struct.pack(">i", length) + b"x" * 100)
                with contextlib.suppress(ConnectionResetError):
                    self.assertEqual(connection.recv(1), b"", length)

    def test_random_frames(self):
        draw = random.Random(5)
        apis = (0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 18, 19, 20, 22, 32)
        answered = 0
        with self.others_are_served(64 * MEGABYTE):
            for number in range(FRAMES):
                body = draw.randbytes(draw.randrange(120))
                kind = draw.random()
                if kind < 0.3:
                    data = struct.pack(">i", len(body)) + body
                elif kind < 0.9:
                    data = frame(draw.choice(apis), draw.randrange(14), number, body)
                else:
                    data = frame(draw.randrange(-2, 100), draw.randrange(-2, 20), number, body)
                # Small ones, whatever their fields claim.
                with self.broker.connect(30) as connection:
                    connection.sendall(data)
                    connection.shutdown(socket.SHUT_WR)
                    with contextlib.suppress(ConnectionResetError):
                        while connection.recv(65536):
                            answered += 1
        print(f"{FRAMES} random frames, {answered} pieces of answers")

    def test_clients_that_never_read(self):
        asks = b"".join(frame(3, 1, number, struct.pack(">i", -1)) for number in range(2_000))
        with self.others_are_served(64 * MEGABYTE):
            for _ in range(50):
                connection = self.connect()
                connection.settimeout(0.05)
                with contextlib.suppress(TimeoutError):
                    for _ in range(200):
                        connection.sendall(asks)

    def test_who_never_reads_is_closed_in_the_end(self):
        self.broker.stop()
        with Broker(PROGRAM, "--set", "connections.max.idle.ms=1500") as broker:
            before = broker.descriptors()
            connection = self.stack.enter_context(broker.connect(0.2))
            asks = b"".join(frame(3, 1, number, struct.pack(">i", -1)) for number in range(2_000))
            with contextlib.suppress(TimeoutError):
                while True:
                    connection.sendall(asks)
            self.assertEqual(broker.descriptors(), before + 1)
            deadline = time.monotonic() + 30
            while broker.descriptors() > before and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertEqual(broker.descriptors(), before)
            self.assertEqual(broker.stop(), 0)
        self.broker.start()

    def tearDown(self):
        self.stack.close()
        self.assertEqual(self.broker.stop(), 0, "".join(self.broker.lines[-3:]))


if __name__ == "__main__":
    raise_descriptor_limit()
    unittest.main()
