#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The process around the broker: start, stop, locks, ports, limits, metrics, and what it says when it cannot go on.

Goal: each refusal of the machine gives a clear line and an exit code, and loses nothing. Method: the real binary on
temporary directories, and plain sockets. Usage: process_test.py FAULTLINE_BROKER
"""
import os
import pathlib
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from real_broker import Broker, ask_versions, frame, read_frame  # noqa: E402

PROGRAM = os.path.abspath(sys.argv.pop(1))


def run(*arguments, seconds=30, **options):
    """Runs it to its end; gives exit code, stdout, stderr."""
    done = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=seconds, **options)
    return done.returncode, done.stdout, done.stderr


def make_topic(connection, topic):
    """Asks for its metadata, which creates it, until it is there; gives the last error code."""
    for _ in range(100):
        code = metadata_of(connection, topic)
        if code not in (3, 5):  # unknown, no leader yet: being made
            return code
    return code


def metadata_of(connection, topic):
    """Metadata 1 for one topic; gives the topic's error code."""
    name = topic.encode()
    connection.sendall(frame(3, 1, 7, struct.pack(">ih", 1, len(name)) + name))
    answer = read_frame(connection)
    at = 4
    brokers = struct.unpack(">i", answer[at:at + 4])[0]
    at += 4
    for _ in range(brokers):
        at += 4
        at += 2 + struct.unpack(">h", answer[at:at + 2])[0] + 4
        rack = struct.unpack(">h", answer[at:at + 2])[0]
        at += 2 + max(0, rack)
    at += 4 + 4
    return struct.unpack(">h", answer[at:at + 2])[0]


def produce(connection, topic, number, value):
    """Produce 3 with one record and acks=all; gives error code and base offset."""
    record = struct.pack(">bbbb", 0, 0, 0, 1) + varint(len(value)) + value + b"\0"
    record = varint(len(record)) + record
    tail = struct.pack(">hiqqqhii", 0, 0, 1, 1, -1, -1, -1, 1) + record
    batch = struct.pack(">ibI", 0, 2, crc32c(tail)) + tail
    batch = struct.pack(">qi", 0, len(batch)) + batch
    name = topic.encode()
    connection.sendall(frame(0, 3, number, struct.pack(">hhiih", -1, -1, 30_000, 1, len(name)) + name +
                             struct.pack(">iii", 1, 0, len(batch)) + batch))
    answer = read_frame(connection)[4 + 4 + 2 + len(name) + 4 + 4:]
    return struct.unpack(">hq", answer[:10])


def varint(number):
    """Of a number that is not negative: zigzag, then seven bits a byte."""
    number, out = number * 2, b""
    while number > 0x7f:
        out += bytes([number & 0x7f | 0x80])
        number >>= 7
    return out + bytes([number])


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc = CRC32C[(crc ^ byte) & 0xff] ^ crc >> 8
    return crc ^ 0xffffffff


def crc32c_table():
    table = []
    for number in range(256):
        for _ in range(8):
            number = number >> 1 ^ (0x82f63b78 if number & 1 else 0)
        table.append(number)
    return table


CRC32C = crc32c_table()


class Process(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="faultline-test-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.data = os.path.join(self.folder, "a", "log")

    def test_help_and_version(self):
        self.assertIn("usage: faultline-broker", run("--help")[1])
        self.assertRegex(run("--version")[1], r"^faultline-broker \d+\.\d+\.\d+\n$")

    def test_bad_usage_and_missing_files_have_their_exit_codes(self):
        self.assertEqual(run()[0], 64)
        code, _, error = run("--config", os.path.join(self.folder, "no.properties"))
        self.assertEqual(code, 66)
        self.assertIn("cannot read", error)
        config = os.path.join(self.folder, "server.properties")
        pathlib.Path(config).write_text("log.dirs=x\n\nlog.retention.ms=often\n", encoding="ascii")
        code, _, error = run("--config", config)
        self.assertEqual(code, 64)
        self.assertIn("line 3: Invalid value often for configuration log.retention.ms", error)

    def test_a_config_file_is_enough(self):
        config = os.path.join(self.folder, "server.properties")
        pathlib.Path(config).write_text(f"node.id=5\nlog.dirs={self.data}\nlisteners=PLAINTEXT://127.0.0.1:0\n",
                                        encoding="ascii")
        process = subprocess.Popen([PROGRAM, "--config", config], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                   text=True)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        self.assertRegex(process.stdout.readline(), r"^listening on 127.0.0.1:\d+$")
        process.terminate()
        self.assertEqual(process.wait(30), 0)
        self.assertIn("node.id=5", pathlib.Path(self.data, "meta.properties").read_text(encoding="ascii"))

    def test_stops_in_order_on_either_signal_and_says_so(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Broker(PROGRAM, data=self.data) as broker:
                with broker.connect() as connection:
                    ask_versions(connection)
                    self.assertEqual(broker.stop(number), 0)
                    self.assertEqual(connection.recv(1), b"")
                self.assertIn("is_clean=true", broker.lines[-1])
                self.assertTrue(os.path.exists(os.path.join(self.data, ".kafka_cleanshutdown")))

    def test_a_second_start_knows_the_topics_after_a_clean_stop_and_after_a_kill(self):
        with Broker(PROGRAM, data=self.data) as broker:
            for end in (broker.stop, broker.kill, broker.kill):
                with broker.connect() as connection:
                    self.assertEqual(make_topic(connection, "kept"), 0)
                end()
                broker.start()
            self.assertIn("topics=1 partitions=1", [line for line in broker.lines if "broker.started" in line][-1])

    def test_one_directory_has_one_broker(self):
        with Broker(PROGRAM, data=self.data) as broker:
            code, out, error = run("--data", self.data, "--listen", "127.0.0.1:0")
            self.assertEqual((code, out), (75, ""))
            self.assertIn(".lock is held by another running process", error)
            with broker.connect() as connection:
                ask_versions(connection)

    def test_a_port_in_use_is_refused_before_the_directory_is_touched(self):
        with socket.create_server(("127.0.0.1", 0)) as other:
            code, _, error = run("--data", self.data, "--listen", f"127.0.0.1:{other.getsockname()[1]}")
        self.assertEqual(code, 75)
        self.assertIn("EADDRINUSE", error)
        self.assertEqual(os.listdir(self.data), [])

    def test_a_directory_of_a_newer_format_is_refused_and_left_alone(self):
        with Broker(PROGRAM, data=self.data) as broker:
            broker.stop()
        meta = pathlib.Path(self.data, "meta.properties")
        meta.write_text(meta.read_text(encoding="ascii").replace("version=1", "version=2"), encoding="ascii")
        before = sorted(os.listdir(self.data))
        code, _, error = run("--data", self.data, "--listen", "127.0.0.1:0")
        self.assertEqual(code, 73)
        self.assertIn("meta.properties version 2: written by newer software", error)
        self.assertEqual(sorted(os.listdir(self.data)), before)

    def test_places_that_cannot_be_a_log_directory_are_refused(self):
        pathlib.Path(self.folder, "file").touch()
        code, _, error = run("--data", os.path.join(self.folder, "file"), "--listen", "127.0.0.1:0")
        self.assertEqual(code, 73)
        self.assertIn("file", error)
        self.assertEqual(run("--data", "/", "--listen", "127.0.0.1:0")[0], 64)
        self.assertEqual(run("--data", "/proc/nothing/here", "--listen", "127.0.0.1:0")[0], 73)

    def test_an_unknown_listen_address_is_named(self):
        code, _, error = run("--data", self.data, "--listen", "192.0.2.1:0")
        self.assertEqual(code, 64)
        self.assertIn("192.0.2.1", error)

    def test_metrics_are_prometheus_text(self):
        with Broker(PROGRAM, "--metrics", "127.0.0.1:0", data=self.data) as broker:
            with broker.connect() as connection:
                ask_versions(connection)
                url = f"http://127.0.0.1:{broker.metrics_port()}/metrics"
                with urllib.request.urlopen(url, timeout=10) as page:
                    text = page.read().decode()
            values = dict(line.split(" ") for line in text.splitlines() if not line.startswith("#"))
            self.assertEqual(values["faultline_requests_total"], "1")
            self.assertEqual(values["faultline_connections"], "2")
            self.assertGreater(float(values["process_resident_memory_bytes"]), 1e6)
            for name in values:
                self.assertIn(f"# TYPE {name} ", text)
            self.assertEqual(broker.stop(), 0)

    def test_without_descriptors_new_connections_are_closed_and_old_ones_served(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
        with Broker(PROGRAM, data=self.data, limits=limit) as broker:
            connections = [broker.connect() for _ in range(150)]
            for connection in connections:
                self.addCleanup(connection.close)
            served = closed = 0
            for number, connection in enumerate(connections):
                try:
                    ask_versions(connection, number)
                    served += 1
                except (EOFError, ConnectionError):
                    closed += 1
            self.assertGreater(served, 20)
            self.assertGreater(closed, 20)
            # Files have descriptors left.
            self.assertEqual(make_topic(connections[0], "made-under-pressure"), 0)
            for connection in connections:
                connection.close()
            self.assertTrue(self.is_served_soon(broker))  # the broker hears of the ends one by one
            deadline = time.monotonic() + 20
            while "too_many_open_files" not in "".join(broker.lines) and time.monotonic() < deadline:
                time.sleep(0.05)
            self.assertIn("connections were closed at once", "".join(broker.lines))
            self.assertEqual(broker.stop(), 0)

    @staticmethod
    def is_served_soon(broker):
        for _ in range(100):
            try:
                with broker.connect() as connection:
                    ask_versions(connection)
                return True
            except (EOFError, ConnectionError):
                time.sleep(0.05)
        return False

    def test_under_any_limit_of_descriptors_it_starts_and_stops_or_says_why_not(self):
        for limit in range(4, 26):  # the loader needs four
            with self.subTest(limit=limit):
                command = [PROGRAM, "--data", f"{self.data}-{limit}", "--listen", "127.0.0.1:0"]
                with subprocess.Popen(
                        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))) as broker:
                    has_started = broker.stdout.readline().startswith("listening on ")
                    if has_started:
                        broker.terminate()
                    try:
                        errors = broker.communicate(timeout=20)[1]
                    except subprocess.TimeoutExpired:
                        broker.kill()
                        self.fail("it does not stop")
                    self.assertEqual(broker.returncode, 0 if has_started else 75, errors)
                    if not has_started:
                        self.assertRegex(errors, "over a limit: .*Too many open files")

    def test_without_descriptors_for_files_a_topic_is_refused_and_the_others_are_served(self):
        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (60, 60))
        with Broker(PROGRAM, data=self.data, limits=limit) as broker:
            with broker.connect() as connection:
                self.assertEqual(make_topic(connection, "first"), 0)
                codes = []
                for number in range(60):
                    self.assertEqual(make_topic(connection, f"topic-{number}"), 0)
                    codes.append(produce(connection, f"topic-{number}", 1, b"x"))
                self.assertEqual(codes[0], (0, 0))
                self.assertEqual(codes[-1], (6, -1))  # nobody leads it
                self.assertEqual(produce(connection, "first", 1, b"kept"), (0, 0))
            self.assertRegex("".join(broker.lines), "cannot host topic-59-0, which stays unavailable: .*EMFILE")
            self.assertEqual(broker.stop(), 0, broker.lines[-3:])
            broker.limits = None
            broker.start()
            with broker.connect() as connection:
                self.assertEqual(produce(connection, "first", 1, b"more"), (0, 1))
                self.assertEqual(produce(connection, "topic-59", 1, b"now"), (0, 0))
            self.assertEqual(broker.stop(), 0)

    def test_a_full_disk_ends_it_with_a_clear_line_and_loses_nothing_acked(self):
        os.makedirs(self.data)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "none", self.data],
                                               capture_output=True, check=False).returncode != 0:
            self.skipTest("may not mount a small file system here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.data], check=False)
        acked = 0
        with Broker(PROGRAM, data=self.data) as broker:
            with broker.connect() as connection:
                self.assertEqual(make_topic(connection, "full"), 0)
                code = 0
                for number in range(400):
                    try:
                        code, offset = produce(connection, "full", number, bytes(20_000))
                    except (EOFError, ConnectionError):
                        break
                    if code != 0:
                        break
                    self.assertEqual(offset, acked)
                    acked += 1
            self.assertGreater(acked, 50)
            self.assertLess(acked, 400)
            self.assertIn(code, (0, 56))  # closed, or KAFKA_STORAGE_ERROR
            self.assertEqual(broker.wait(), 74)
            self.assertTrue(any("log_dir_failed" in line and "ENOSPC" in line for line in broker.lines), broker.lines)
            subprocess.run(["mount", "-o", "remount,size=30m", self.data], check=True)
            broker.start()
            with broker.connect() as connection:
                code, offset = produce(connection, "full", 1_000, b"after")
                self.assertEqual(code, 0)
                self.assertIn(offset, (acked, acked + 1))  # the last one may have been whole, though not acked
            self.assertEqual(broker.stop(), 0)


if __name__ == "__main__":
    unittest.main()
