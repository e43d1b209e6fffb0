# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka serves partitions whose files we wrote, and we serve those that it wrote, with no record lost.

Goal: the files are the same in both directions, after an orderly stop and after kill -9. Method: librdkafka writes records of
every codec into small segments of one broker; the files go into the partition directory of the other one while that is
stopped; there librdkafka must read every record as it was sent, find offsets by time, and append. Kafka's own
directory travels back and forth once more with what both have appended.
"""
import glob
import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "kafka"))
from apache_kafka import ApacheKafka, reason_to_skip  # noqa: E402
from client_case import CODECS, TIME_ZERO, make_records  # noqa: E402
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition  # noqa: E402
from confluent_kafka.admin import AdminClient, NewTopic  # noqa: E402
from real_broker import Broker  # noqa: E402

JARS = os.path.join(os.path.dirname(os.path.dirname(os.environ["FAULTLINE_CLIENT_RESULTS"])), "kafka-tools")
if reason_to_skip(JARS):
    print(f"skipped: {reason_to_skip(JARS)}")
    sys.exit(77)
COUNT = 5_000
LATER = TIME_ZERO + 10 * COUNT * len(CODECS)
OWN_FILES = ("partition.metadata",)  # a topic's id is each cluster's own


def connect(address):
    return {"bootstrap.servers": address, "log_level": 0, "socket.timeout.ms": 20_000}


def write(case, address, topic, records, **options):
    """Appends and gives [(offset, (key, value, headers, timestamp))] as they must be read."""
    producer = Producer({**connect(address), "linger.ms": 2, "batch.size": 20_000, "enable.idempotence": True, **options})
    done = []
    transactional = "transactional.id" in options
    if transactional:
        producer.init_transactions(30)
        producer.begin_transaction()
    for key, value, headers, timestamp in records:
        producer.produce(topic, value, key, headers=headers or None, timestamp=timestamp, partition=0,
                         on_delivery=lambda error, message: done.append(error or message.offset()))
        producer.poll(0)
    if transactional:
        producer.commit_transaction(30)
    case.assertEqual(producer.flush(60), 0)
    case.assertEqual([each for each in done if not isinstance(each, int)], [])
    return [(offset, tuple(each)) for offset, each in zip(done, records)]


def write_all_codecs(case, address, topic):
    sent = []
    for seed, codec in enumerate(CODECS):
        records = [each._replace(timestamp=each.timestamp + seed * COUNT * 10) for each in make_records(COUNT, seed)]
        sent += write(case, address, topic, records, **{"compression.type": codec})
    return sent


def read(case, address, topic, start=OFFSET_BEGINNING):
    """Every record from `start` to the end."""
    consumer = Consumer({**connect(address), "group.id": "never-joined", "enable.auto.commit": False,
                         "enable.partition.eof": True})
    consumer.assign([TopicPartition(topic, 0, start)])
    got = []
    while True:
        each = consumer.poll(20)
        case.assertIsNotNone(each, f"nothing came after {len(got)} records")
        if each.error():
            case.assertEqual(each.error().name(), "_PARTITION_EOF")
            consumer.close()
            return got
        got.append((each.offset(), (each.key(), each.value(), each.headers() or [], each.timestamp()[1])))


def put(files, partition):
    """A partition directory gets other files; it keeps what is its cluster's own."""
    for path in glob.glob(os.path.join(partition, "*")):
        if os.path.basename(path) not in OWN_FILES:
            os.remove(path)
    for path in glob.glob(os.path.join(files, "*")):
        if os.path.basename(path) not in OWN_FILES:
            shutil.copy(path, partition)


class SegmentExchange(unittest.TestCase):
    def setUp(self):
        self.ours = Broker(os.environ["FAULTLINE_BROKER"], "--set", "num.partitions=1", "--set", "log.retention.ms=-1",
                           "--set", "log.segment.bytes=1048576", "--set", "log.index.interval.bytes=1024")
        self.addCleanup(self.ours.__exit__)
        self.kafka = ApacheKafka(JARS, heap="512m", properties={
            "log.retention.ms": -1, "log.segment.bytes": 1_048_576, "log.index.interval.bytes": 1_024})
        self.addCleanup(self.kafka.__exit__)
        self.kafka_data = os.path.join(self.kafka.folder, "data")
        self.kafka_address = f"127.0.0.1:{self.kafka.port}"

    def create(self, address, *topics):
        admin = AdminClient(connect(address))
        for each in admin.create_topics([NewTopic(topic, 1, 1) for topic in topics]).values():
            each.result(30)

    def check(self, address, topic, sent):
        """All is there, times lead to offsets, and it goes on at the end; gives what is there now."""
        got = read(self, address, topic)
        self.assertEqual(len(got), len(sent))
        for left, right in zip(got, sent):
            self.assertEqual(left, right)
        consumer = Consumer({**connect(address), "group.id": "never-joined"})
        for number in (0, COUNT // 2, len(sent) // 2, len(sent) - 1):
            offset, (_, _, _, time) = sent[number]
            found = consumer.offsets_for_times([TopicPartition(topic, 0, time)], timeout=20)
            self.assertEqual(found[0].offset, offset)
        consumer.close()
        more = [(b"more", b"%d" % number, [], LATER + 10_000 + len(sent) + number) for number in range(100)]
        sent = sent + write(self, address, topic, more)
        self.assertEqual(read(self, address, topic, sent[-101][0]), sent[-101:])
        return sent

    def test_files_go_both_ways(self):
        topics = ("stopped", "killed", "theirs-stopped", "theirs-killed")
        sent = {}
        # Both write: two topics each, one to be copied after an orderly stop, one after kill -9.
        self.ours.start()
        self.kafka.start()
        self.create(self.ours.address, *topics)
        self.create(self.kafka_address, *topics)
        for topic in topics:
            sent[topic] = write_all_codecs(self, self.kafka_address if "theirs" in topic else self.ours.address, topic)
        more = [each._replace(timestamp=each.timestamp + LATER - TIME_ZERO) for each in make_records(500, 9)]
        sent["theirs-stopped"] += write(self, self.kafka_address, "theirs-stopped", more, **{"transactional.id": "t"})
        self.ours.kill()
        self.kafka.kill()
        killed = os.path.join(self.kafka.folder, "killed")
        shutil.copytree(f"{self.ours.data}/killed-0", f"{killed}/ours")
        shutil.copytree(f"{self.kafka_data}/theirs-killed-0", f"{killed}/theirs")
        put(f"{killed}/ours", f"{self.kafka_data}/killed-0")
        put(f"{killed}/theirs", f"{self.ours.data}/theirs-killed-0")
        self.assertGreater(len(glob.glob(f"{killed}/ours/*.log")), 1)
        self.assertGreater(len(glob.glob(f"{killed}/theirs/*.log")), 1)

        # Both recover, what the other one left included.
        self.ours.start()
        self.kafka.start()
        for topic, address in (("killed", self.kafka_address), ("theirs-killed", self.ours.address)):
            sent[topic] = self.check(address, topic, sent[topic])
        self.assertEqual(self.ours.stop(), 0)
        self.kafka.stop()

        # After orderly stops: each gets the other's files, among them those that came from it and were gone on with.
        before = os.path.join(self.kafka.folder, "before")
        for topic in topics:
            shutil.copytree(f"{self.ours.data}/{topic}-0", f"{before}/ours/{topic}")
            shutil.copytree(f"{self.kafka_data}/{topic}-0", f"{before}/theirs/{topic}")
        for topic in ("stopped", "theirs-killed"):
            put(f"{before}/ours/{topic}", f"{self.kafka_data}/{topic}-0")
        for topic in ("theirs-stopped", "killed"):
            put(f"{before}/theirs/{topic}", f"{self.ours.data}/{topic}-0")
        self.ours.start()
        self.kafka.start()
        for topic in ("stopped", "theirs-killed"):
            self.check(self.kafka_address, topic, sent[topic])
        for topic in ("theirs-stopped", "killed"):
            self.check(self.ours.address, topic, sent[topic])
        self.assertEqual(self.ours.stop(), 0)
        self.kafka.stop()
        complaints = [line for line in self.ours.lines if "level=error" in line or "level=warning" in line]
        self.assertEqual(complaints, [])
        print(f"{sum(map(len, sent.values()))} records went over")


unittest.main(verbosity=2)
