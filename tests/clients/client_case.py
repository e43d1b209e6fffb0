# SPDX-License-Identifier: Apache-2.0
"""What the tests of all clients share: the broker, the records, and the list of features.

A client's test class has one method test_FEATURE for each feature of FEATURES. One that the broker does not have yet is
skipped with that word: it is written down, not forgotten.
"""
import json
import os
import random
import re
import sys
import unittest
from typing import NamedTuple

from real_broker import Broker

FEATURES = {
    "codecs": "100,000 records of mixed sizes, five codecs, manual assignment",
    "headers_and_nulls": "headers, null and empty keys and values",
    "by_key": "records go to the partition of their key",
    "by_timestamp": "offsets found by time",
    "from_anywhere": "seek to the begin, the end, the middle",
    "idempotence": "an idempotent producer",
    "large": "a record near max.message.bytes, and one above it refused",
    "admin": "create, list, describe and delete topics, describe configs",
    "group": "subscribe in a group, share the partitions, commit, go on where it ended",
    "admin_partitions": "create partitions, delete records, alter configs",
    "transactions": "transactions and read_committed",
}
NOT_YET = {
    "transactions": "not yet: transactions",
}
CODECS = ("none", "gzip", "snappy", "lz4", "zstd")
RECORDS = 100_000
# 2024-01-01; timestamps are 10 ms apart.
TIME_ZERO = 1_704_067_200_000


class Sent(NamedTuple):
    key: bytes | None
    value: bytes | None
    headers: list
    timestamp: int


def make_records(count, seed, headers=True):
    """Mixed sizes from 0 to 100 kB, half compressible, some null; the same for the same seed."""
    draw = random.Random(seed)
    records = []
    for number in range(count):
        size = draw.choices((0, 10, 100, 400, 5_000, 100_000), (2, 30, 50, 17, 1, 0.02))[0]
        size = draw.randrange(size + 1)
        value = draw.randbytes(size) if draw.random() < 0.5 else (b"%d " % number * (size // 4 + 1))[:size]
        key = draw.choice((None, b"", b"user-%d" % draw.randrange(100)))
        some = [(f"h{i}", draw.choice((b"", b"x" * draw.randrange(20)))) for i in range(draw.choice((0, 0, 0, 1, 3)))]
        if key is not None and draw.random() < 0.05:  # kafka-python refuses a record with neither
            value = None
        records.append(Sent(key, value, some if headers else [], TIME_ZERO + number * 10))
    return records


def murmur2_partition(key, count):
    """Where Kafka's default partitioner puts a key."""
    mask, magic = 0xffffffff, 0x5bd1e995
    value = 0x9747b28c ^ len(key)
    whole = len(key) - len(key) % 4
    for at in range(0, whole, 4):
        part = int.from_bytes(key[at:at + 4], "little") * magic & mask
        value = (value * magic & mask) ^ ((part ^ part >> 24) * magic & mask)
    if key[whole:]:
        value = (value ^ int.from_bytes(key[whole:], "little")) * magic & mask
    value = (value ^ value >> 13) * magic & mask
    return ((value ^ value >> 15) & 0x7fffffff) % count


class ClientCase(unittest.TestCase):
    """One broker for all tests of a client; every test has topics of its own name."""
    # The records' times are old; retention would delete them, half a minute after the start at the earliest.
    BROKER_ARGUMENTS = ("--set", "num.partitions=1", "--set", "log.retention.ms=-1")

    @classmethod
    def setUpClass(cls):
        cls.broker = Broker(os.environ["FAULTLINE_BROKER"], *cls.BROKER_ARGUMENTS).start()
        cls.addClassCleanup(cls.broker.__exit__)

    @classmethod
    def tearDownClass(cls):
        # A client can leave nothing behind that keeps the broker from an orderly stop.
        code = cls.broker.stop()
        lines = cls.broker.lines
        cls.broker.__exit__()
        assert code == 0, (code, lines[-3:])

    def setUp(self):
        reason = NOT_YET.get(self.feature)
        if reason:
            self.skipTest(reason)

    @property
    def feature(self):
        return self._testMethodName.removeprefix("test_")

    def topic(self, suffix=""):
        return re.sub(r"[^a-z0-9.-]", "-", self.feature) + suffix

    def assert_same(self, got, sent):
        """Compares long lists without printing them."""
        for number, (left, right) in enumerate(zip(got, sent)):
            self.assertEqual(left, right, f"record {number}")
        self.assertEqual(len(got), len(sent))

    def test_transactions(self):
        """Skipped in setUp until the broker can do it."""


class _Recorder(unittest.TextTestResult):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.outcomes = {}

    def _note(self, test, outcome):
        if isinstance(test, ClientCase):
            self.outcomes.setdefault(test.feature, outcome)

    def addSuccess(self, test):
        super().addSuccess(test)
        self._note(test, "yes")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self._note(test, "FAILED")

    def addError(self, test, error):
        super().addError(test, error)
        self._note(test, "FAILED")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._note(test, reason.partition(":")[0])


def main(version):
    """Runs the tests of the calling script and, where that is all of them, records what became of each feature."""
    is_whole = len(sys.argv) == 1
    script = vars(sys.modules["__main__"])
    for name, each in list(script.items()):
        if isinstance(each, type) and issubclass(each, ClientCase) and each.__module__ != "__main__":
            del script[name]  # imported for its children only
    program = unittest.main(exit=False, verbosity=2, testRunner=unittest.TextTestRunner(resultclass=_Recorder, verbosity=2))
    path = os.environ.get("FAULTLINE_CLIENT_RESULTS")
    if path and is_whole:
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"version": version, "features": program.result.outcomes}, file)
    raise SystemExit(0 if program.result.wasSuccessful() else 1)
