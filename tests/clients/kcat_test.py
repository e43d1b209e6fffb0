# SPDX-License-Identifier: Apache-2.0
"""Debian's kcat against the real broker. Goal and method: client_case.py; run by run.py."""
import json
import re
import subprocess

from client_case import CODECS, RECORDS, TIME_ZERO, ClientCase, main, murmur2_partition


class Kcat(ClientCase):
    def kcat(self, *arguments, given=b"", seconds=120):
        done = subprocess.run(["kcat", "-b", self.broker.address, *arguments], input=given, capture_output=True,
                              timeout=seconds)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def read(self, topic, *arguments):
        """(key, payload, headers, timestamp) of each record."""
        out = self.kcat("-C", "-t", topic, "-e", "-q", "-J", *arguments)
        return [json.loads(line) for line in out.splitlines()]

    def test_codecs(self):
        count = RECORDS // len(CODECS)
        for codec in CODECS:
            lines = [b"%d %s" % (number, b"x" * (number % 997)) for number in range(count)]
            self.kcat("-P", "-t", self.topic(f"-{codec}"), "-z", codec, given=b"\n".join(lines))
            out = self.kcat("-C", "-t", self.topic(f"-{codec}"), "-p", "0", "-e", "-q")
            self.assert_same(out.splitlines(), lines)

    def test_headers_and_nulls(self):
        topic = self.topic()
        self.kcat("-P", "-t", topic, "-K", ":", "-Z", "-H", "a=1", "-H", "a=2", "-H", "b", given=b"k:v\nk:\n:v\n:\n")
        got = self.read(topic)
        self.assertEqual([(each["key"], each["payload"]) for each in got], [("k", "v"), ("k", None), (None, "v"), (None, None)])
        self.assertEqual(got[0]["headers"], ["a", "1", "a", "2", "b", None])

    def test_by_key(self):
        # With the partitions given by the one broker default of this test class there is one; ask for six by config.
        topic = self.topic()
        with self.broker_of_six() as address:
            keys = [f"user-{number}" for number in range(200)]
            subprocess.run(["kcat", "-b", address, "-P", "-t", topic, "-K", ":", "-X", "partitioner=murmur2_random"],
                           input="".join(f"{key}:x\n" for key in keys), text=True, check=True, timeout=60)
            out = subprocess.run(["kcat", "-b", address, "-C", "-t", topic, "-e", "-q", "-f", "%k %p\n"], text=True,
                                 check=True, timeout=60, capture_output=True).stdout
        got = dict(line.split() for line in out.splitlines())
        self.assertEqual(got, {key: str(murmur2_partition(key.encode(), 6)) for key in keys})

    def broker_of_six(self):
        import contextlib
        import os

        from real_broker import Broker

        @contextlib.contextmanager
        def started():
            with Broker(os.environ["FAULTLINE_BROKER"], "--set", "num.partitions=6") as broker:
                yield broker.address
        return started()

    def test_by_timestamp(self):
        topic = self.topic()
        self.kcat("-P", "-t", topic, given=b"one\n")
        first = self.read(topic)[0]["ts"]
        self.assertGreater(first, TIME_ZERO)
        out = self.kcat("-Q", "-t", f"{topic}:0:{first}").decode()
        self.assertRegex(out, rf"{topic} \[0\] offset 0\b")
        out = self.kcat("-Q", "-t", f"{topic}:0:{first + 3_600_000}").decode()
        self.assertRegex(out, rf"{topic} \[0\] offset -1\b")
        self.assertEqual(self.read(topic, "-o", f"s@{first}")[0]["payload"], "one")

    def test_from_anywhere(self):
        topic = self.topic()
        self.kcat("-P", "-t", topic, given=b"".join(b"%d\n" % number for number in range(1_000)))
        self.assertEqual([each["payload"] for each in self.read(topic, "-o", "997")], ["997", "998", "999"])
        self.assertEqual([each["payload"] for each in self.read(topic, "-o", "-2")], ["998", "999"])
        self.assertEqual(self.read(topic, "-o", "end"), [])
        self.assertEqual(len(self.read(topic, "-o", "beginning", "-c", "10")), 10)

    def test_idempotence(self):
        lines = [b"%d" % number for number in range(50_000)]
        self.kcat("-P", "-t", self.topic(), "-X", "enable.idempotence=true", given=b"\n".join(lines))
        self.assert_same(self.kcat("-C", "-t", self.topic(), "-e", "-q").splitlines(), lines)

    def test_group(self):
        topic = self.topic()
        seen = []
        for number in range(2):
            self.kcat("-P", "-t", topic, given=b"".join(b"%d-%d\n" % (number, each) for each in range(100)))
            out = self.kcat("-G", "readers", "-c", "100", "-X", "auto.offset.reset=earliest", topic)
            seen.append(out.decode().splitlines())
        self.assertEqual(seen, [[f"{number}-{each}" for each in range(100)] for number in range(2)])

    def test_large(self):
        value = b"x" * 999_000  # kcat reads no longer line
        self.kcat("-P", "-t", self.topic(), "-X", "message.max.bytes=1048000", given=value)
        self.assertEqual(self.kcat("-C", "-t", self.topic(), "-e", "-q"), value + b"\n")

    def test_admin(self):
        self.kcat("-P", "-t", self.topic(), given=b"x\n")
        listed = json.loads(self.kcat("-L", "-J"))
        self.assertEqual(listed["brokers"], [{"id": 1, "name": self.broker.address}])
        topic = next(each for each in listed["topics"] if each["topic"] == self.topic())
        self.assertEqual([(each["partition"], each["leader"]) for each in topic["partitions"]], [(0, 1)])

    def test_admin_partitions(self):
        self.skipTest("not in this client: changes of topics")


version = subprocess.run(["kcat", "-V"], capture_output=True, text=True, check=True).stdout
main("kcat " + " ".join(re.findall(r"(?:kcat|librdkafka|Version) v?([\d.]+)", version)[:2]))
