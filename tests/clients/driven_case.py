# SPDX-License-Identifier: Apache-2.0
"""Tests of the clients that are not Python's: a driver in the client's own language does what a line of JSON asks.

Goal: as in client_case.py. Method: the driver reads one request a line from stdin and answers with one line on stdout;
bytes are base64, an error is its name in Kafka's protocol. The driver only calls its client: what to send and what to
expect is here, the same for all. NOT_IN_CLIENT of a child says what a client has no call for.
"""
import base64
import json
import os
import signal
import subprocess
import threading

from client_case import CODECS, RECORDS, TIME_ZERO, ClientCase, make_records, murmur2_partition

CLIENTS = os.path.dirname(os.path.dirname(os.environ.get("FAULTLINE_CLIENT_RESULTS", "build/clients/results/x")))
ANSWER_SECONDS = 180


def coded(data):
    return None if data is None else base64.b64encode(data).decode()


def decoded(text):
    return None if text is None else base64.b64decode(text)


class Driver:
    """The process of a driver, in a process group of its own, which ends with it."""

    def __init__(self, command, address):
        self.process = subprocess.Popen([*command, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        start_new_session=True)

    def ask(self, what, **arguments):
        timer = threading.Timer(ANSWER_SECONDS, self.kill)
        timer.start()
        try:
            self.process.stdin.write(json.dumps({"do": what, **arguments}) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        finally:
            timer.cancel()
        if not line:
            raise RuntimeError(f"the driver ended, or took more than {ANSWER_SECONDS} s, at {what}")
        answer = json.loads(line)
        if "failed" in answer:
            raise RuntimeError(f"{what}: {answer['failed']}")
        return answer

    def kill(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def close(self):
        self.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class DrivenCase(ClientCase):
    COMMAND = ()
    NOT_IN_CLIENT = {}
    # kafkajs reads in groups only, and each would wait three seconds for more members.
    BROKER_ARGUMENTS = (*ClientCase.BROKER_ARGUMENTS, "--set", "group.initial.rebalance.delay.ms=100")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.driver = Driver(cls.COMMAND, cls.broker.address)

    @classmethod
    def tearDownClass(cls):
        cls.driver.close()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        if self.feature in self.NOT_IN_CLIENT:
            self.skipTest(f"not in this client: {self.NOT_IN_CLIENT[self.feature]}")

    def ask(self, what, **arguments):
        return self.driver.ask(what, **arguments)

    def produce(self, topic, records, partition=0, codec="none", idempotent=False, largest=1_000_000):
        """Sends (key, value, headers, timestamp) and gives [partition, offset, error] of each, in order."""
        lines = [[coded(key), coded(value), [[name, coded(header)] for name, header in headers], timestamp]
                 for key, value, headers, timestamp in records]
        return self.ask("produce", topic=topic, partition=partition, codec=codec, idempotent=idempotent, largest=largest,
                        records=lines)["done"]

    def read(self, topic, partitions=(0,), start=0, count=None):
        """Each record as (partition, offset, Sent), from offset `start` to the end, or `count` of them."""
        answer = self.ask("read", topic=topic, partitions=list(partitions), start=start, count=count)
        return [(partition, offset, (decoded(key), decoded(value), [(name, decoded(each)) for name, each in headers], timestamp))
                for partition, offset, key, value, headers, timestamp in answer["records"]]

    def create(self, name, partitions, configs=None):
        return self.ask("create_topic", topic=name, partitions=partitions, configs=configs or {})["error"]

    def numbers(self, count):
        return [(None, b"%d" % number, [], TIME_ZERO + number * 10) for number in range(count)]

    def test_codecs(self):
        count = RECORDS // len(CODECS)
        for seed, codec in enumerate(CODECS):
            topic = self.topic(f"-{codec}")
            sent = make_records(count, seed)
            self.assertIsNone(self.create(topic, 1))
            self.assert_same(self.produce(topic, sent, codec=codec), [[0, number, None] for number in range(count)])
            self.assert_same(self.read(topic), [(0, number, tuple(each)) for number, each in enumerate(sent)])

    def test_headers_and_nulls(self):
        sent = [(None, b"", [], TIME_ZERO), (b"", b"v", [("a", b"")], TIME_ZERO), (b"k", None, [("\u00e9", b"\xff")], TIME_ZERO),
                (None, None, [], TIME_ZERO), (b"k", b"v", [("a", b"1"), ("a", b"2")], TIME_ZERO)]
        self.produce(self.topic(), sent)
        self.assertEqual([each for _, _, each in self.read(self.topic())], sent)

    def test_by_key(self):
        self.assertIsNone(self.create(self.topic(), 6))
        keys = [b"user-%d" % number for number in range(500)]
        done = self.produce(self.topic(), [(key, b"x", [], None) for key in keys], None)
        self.assertEqual([each[0] for each in done], [murmur2_partition(key, 6) for key in keys])
        got = self.read(self.topic(), range(6))
        self.assertEqual(sorted((partition, each[0]) for partition, _, each in got),
                         sorted((murmur2_partition(key, 6), key) for key in keys))

    def test_by_timestamp(self):
        self.produce(self.topic(), self.numbers(1_000))
        times = [(TIME_ZERO - 5, 0), (TIME_ZERO, 0), (TIME_ZERO + 1, 1), (TIME_ZERO + 5_000, 500), (TIME_ZERO + 10_000, None)]
        found = self.ask("offsets_at", topic=self.topic(), partition=0, times=[time for time, _ in times])["found"]
        self.assertEqual(found, [offset for _, offset in times])

    def test_from_anywhere(self):
        self.produce(self.topic(), self.numbers(1_000))
        self.assertEqual(self.ask("ends", topic=self.topic(), partition=0), {"begin": 0, "end": 1_000})
        for offset in (0, 999, 500, 1):
            got = self.read(self.topic(), start=offset, count=1)
            self.assertEqual([(each[1], each[2][1]) for each in got[:1]], [(offset, b"%d" % offset)])
        self.assertEqual(self.ask("tail", topic=self.topic(), partition=0, value=coded(b"new")), {"offset": 1_000, "value": coded(b"new")})

    def test_idempotence(self):
        sent = self.numbers(50_000)
        done = self.produce(self.topic(), sent, codec="lz4", idempotent=True)
        self.assert_same(done, [[0, number, None] for number in range(50_000)])
        self.assert_same([each[1] for _, _, each in self.read(self.topic())], [each[1] for each in sent])

    def test_large(self):
        value = bytes(range(256)) * 4_000
        self.assertEqual(self.produce(self.topic(), [(None, value, [], TIME_ZERO)], largest=4_000_000), [[0, 0, None]])
        refused = self.produce(self.topic(), [(None, value + value, [], TIME_ZERO)], largest=4_000_000)
        self.assertEqual(refused[0][2], "MESSAGE_TOO_LARGE")
        self.assertEqual([each[1] for _, _, each in self.read(self.topic())], [value])

    def test_group(self):
        self.assertIsNone(self.create(self.topic(), 4))
        for part in range(4):
            self.produce(self.topic(), self.numbers(250), part)
        seen = []
        for _ in range(2):  # the second session goes on where the first one committed
            seen += self.ask("group_read", group="readers", topic=self.topic(), count=500)["records"]
        self.assertEqual(sorted(seen), sorted([part, number] for part in range(4) for number in range(250)))
        parts = self.ask("share", group="readers", topic=self.topic(), members=2, each=2)["parts"]
        self.assertEqual([len(each) for each in parts], [2, 2])
        self.assertEqual(len({number for each in parts for number in each}), 4)
        self.assertIn("readers", self.ask("groups")["groups"])

    def test_admin(self):
        name = self.topic()
        self.assertIsNone(self.create(name, 3, {"retention.ms": "12345"}))
        self.assertEqual(self.create(name, 3), "TOPIC_ALREADY_EXISTS")
        self.assertIn(name, self.ask("topics")["topics"])
        described = self.ask("describe", topic=name)
        self.assertEqual((described["partitions"], described["configs"]["retention.ms"]), (3, "12345"))
        self.assertIsNone(self.ask("delete_topic", topic=name)["error"])
        self.assertNotIn(name, self.ask("topics")["topics"])
        self.assertEqual(self.ask("delete_topic", topic=name)["error"], "UNKNOWN_TOPIC_OR_PARTITION")

    def test_admin_partitions(self):
        name = self.topic()
        self.assertIsNone(self.create(name, 1))
        self.produce(name, self.numbers(100))
        self.assertIsNone(self.ask("create_partitions", topic=name, total=3)["error"])
        self.assertEqual(self.ask("describe", topic=name)["partitions"], 3)
        self.assertEqual(self.ask("delete_records", topic=name, partition=0, before=40)["error"], None)
        self.assertEqual(self.ask("ends", topic=name, partition=0), {"begin": 40, "end": 100})
        self.assertIsNone(self.ask("alter_configs", topic=name, configs={"retention.ms": "54321"})["error"])
        self.assertEqual(self.ask("describe", topic=name)["configs"]["retention.ms"], "54321")
        self.assertEqual(self.ask("cluster"), {"nodes": [1]})
