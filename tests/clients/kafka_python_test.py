# SPDX-License-Identifier: Apache-2.0
"""kafka-python against the real broker. Goal and method: client_case.py; run by run.py."""
import threading
import time

import kafka
from client_case import CODECS, RECORDS, TIME_ZERO, ClientCase, main, make_records, murmur2_partition
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import KafkaError, MessageSizeTooLargeError, TopicAlreadyExistsError

IS_OLD = kafka.__version__.startswith("2.0.")


class KafkaPython(ClientCase):
    def producer(self, **options):
        producer = KafkaProducer(bootstrap_servers=self.broker.address, **options)
        self.addCleanup(producer.close, 5)
        return producer

    def admin(self):
        admin = KafkaAdminClient(bootstrap_servers=self.broker.address)
        self.addCleanup(admin.close)
        return admin

    def consumer(self, *partitions, **options):
        consumer = KafkaConsumer(bootstrap_servers=self.broker.address, group_id=None, consumer_timeout_ms=10_000, **options)
        self.addCleanup(consumer.close)
        consumer.assign(partitions)
        return consumer

    def read_all(self, *partitions, **options):
        """Every record of the partitions, in the order of arrival."""
        consumer = self.consumer(*partitions, **options)
        ends = consumer.end_offsets(list(partitions))
        consumer.seek_to_beginning(*partitions)
        records = []
        while any(consumer.position(each) < ends[each] for each in partitions):
            got = consumer.poll(timeout_ms=1_000)
            for batch in got.values():
                records += batch
        return records

    @staticmethod
    def fields(record):
        return (record.key, record.value, list(record.headers), record.timestamp)

    def test_codecs(self):
        count = RECORDS // len(CODECS)
        for seed, codec in enumerate(CODECS):
            sent = make_records(count, seed)
            producer = self.producer(compression_type=None if codec == "none" else codec, linger_ms=5)
            futures = [producer.send(self.topic(f"-{codec}"), each.value, each.key, each.headers, 0, each.timestamp)
                       for each in sent]
            producer.flush()
            self.assertEqual([future.get(1).offset for future in futures], list(range(count)))
            got = self.read_all(TopicPartition(self.topic(f"-{codec}"), 0))
            self.assert_same([self.fields(each) for each in got], [tuple(each) for each in sent])

    def test_headers_and_nulls(self):
        producer = self.producer()
        sent = [(None, b"", []), (b"", b"v", [("a", b"")]), (b"k", None, []), (b"k", b"v", [("a", b"1"), ("a", b"2")]),
                (None, b"\x00" * 10, [("\u00e9", b"\xff")])]
        for key, value, headers in sent:
            producer.send(self.topic(), value, key, headers).get(10)
        got = self.read_all(TopicPartition(self.topic(), 0))
        self.assertEqual([(each.key, each.value, list(each.headers)) for each in got], sent)

    def test_by_key(self):
        self.admin().create_topics([NewTopic(self.topic(), 6, 1)])
        producer = self.producer(linger_ms=5)
        keys = [b"user-%d" % number for number in range(500)]
        futures = [producer.send(self.topic(), b"x", key) for key in keys]
        producer.flush()
        self.assertEqual([future.get(1).partition for future in futures], [murmur2_partition(key, 6) for key in keys])
        got = self.read_all(*(TopicPartition(self.topic(), number) for number in range(6)))
        self.assertEqual(sorted(each.key for each in got), sorted(keys))
        self.assertTrue(all(each.partition == murmur2_partition(each.key, 6) for each in got))

    def test_by_timestamp(self):
        producer = self.producer(linger_ms=5)
        for number in range(1_000):
            producer.send(self.topic(), b"%d" % number, timestamp_ms=TIME_ZERO + number * 10)
        producer.flush()
        where = TopicPartition(self.topic(), 0)
        consumer = self.consumer(where)
        for time, offset in ((TIME_ZERO - 5, 0), (TIME_ZERO, 0), (TIME_ZERO + 1, 1), (TIME_ZERO + 5_000, 500)):
            found = consumer.offsets_for_times({where: time})[where]
            self.assertEqual((found.offset, found.timestamp), (offset, TIME_ZERO + offset * 10))
        self.assertIsNone(consumer.offsets_for_times({where: TIME_ZERO + 10_000})[where])

    def test_from_anywhere(self):
        producer = self.producer(linger_ms=5)
        for number in range(1_000):
            producer.send(self.topic(), b"%d" % number)
        producer.flush()
        where = TopicPartition(self.topic(), 0)
        consumer = self.consumer(where)
        self.assertEqual(consumer.beginning_offsets([where]), {where: 0})
        self.assertEqual(consumer.end_offsets([where]), {where: 1_000})
        for offset in (0, 999, 500, 1):
            consumer.seek(where, offset)
            self.assertEqual(next(consumer).value, b"%d" % offset)
        consumer.seek_to_end(where)
        self.assertEqual(consumer.poll(timeout_ms=200), {})
        producer.send(self.topic(), b"new").get(10)
        self.assertEqual(next(consumer).value, b"new")

    def test_idempotence(self):
        if IS_OLD:
            self.skipTest("not in this client: idempotence")
        producer = self.producer(enable_idempotence=True, linger_ms=5)
        for number in range(20_000):
            producer.send(self.topic(), b"%d" % number)
        producer.flush()
        got = self.read_all(TopicPartition(self.topic(), 0))
        self.assert_same([each.value for each in got], [b"%d" % number for number in range(20_000)])

    def member(self, **options):
        return KafkaConsumer(self.topic(), bootstrap_servers=self.broker.address, group_id="readers",
                             auto_offset_reset="earliest", enable_auto_commit=False, **options)

    def test_group(self):
        self.admin().create_topics([NewTopic(self.topic(), 4, 1)])
        producer = self.producer(linger_ms=5)
        for number in range(1_000):
            producer.send(self.topic(), b"%d" % number)
        producer.flush()
        seen = []
        for _ in range(2):  # the second session goes on where the first one committed
            consumer = self.member(consumer_timeout_ms=20_000, max_poll_records=100)
            until = len(seen) + 500
            while len(seen) < until:
                for batch in consumer.poll(timeout_ms=20_000, max_records=min(100, until - len(seen))).values():
                    seen += [each.value for each in batch]
            consumer.commit()
            consumer.close()
        self.assertEqual(sorted(map(int, seen)), list(range(1_000)))
        self.share(2)

    def share(self, members):
        """Two members at once have half of the partitions each."""
        stop, parts = threading.Event(), [set() for _ in range(members)]

        def run(number):
            consumer = self.member()
            while not stop.is_set():
                consumer.poll(timeout_ms=100)
                parts[number] = consumer.assignment()
            consumer.close()
        threads = [threading.Thread(target=run, args=(number,)) for number in range(members)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        while [len(each) for each in parts] != [2, 2] and time.monotonic() < deadline:
            time.sleep(0.05)
        stop.set()
        for thread in threads:
            thread.join()
        self.assertEqual([len(each) for each in parts], [2, 2])
        self.assertEqual(len(set().union(*parts)), 4)

    def test_large(self):
        producer = self.producer(max_request_size=4_000_000)
        value = bytes(range(256)) * 4_000
        producer.send(self.topic(), value).get(10)
        with self.assertRaises(MessageSizeTooLargeError):
            producer.send(self.topic(), value + value).get(10)
        got = self.read_all(TopicPartition(self.topic(), 0))
        self.assertEqual([each.value for each in got], [value])

    def test_admin(self):
        admin = self.admin()
        name = self.topic()
        admin.create_topics([NewTopic(name, 3, 1, topic_configs={"retention.ms": "12345"})])
        with self.assertRaises(TopicAlreadyExistsError):
            admin.create_topics([NewTopic(name, 3, 1)])
        self.assertIn(name, admin.list_topics())
        described = admin.describe_topics([name])[0]
        self.assertEqual((described.get("topic") or described.get("name"), len(described["partitions"])), (name, 3))
        self.assertIn("12345", str(admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])))
        admin.delete_topics([name])
        self.assertNotIn(name, admin.list_topics())
        with self.assertRaises(KafkaError):
            admin.delete_topics([name])

    def test_admin_partitions(self):
        admin = self.admin()
        name = self.topic()
        where = TopicPartition(name, 0)
        admin.create_topics([NewTopic(name, 1, 1)])
        producer = self.producer(linger_ms=5)
        for number in range(100):
            producer.send(name, b"%d" % number, partition=0)
        producer.flush()
        admin.create_partitions({name: NewPartitions(3)})
        self.assertEqual(len(admin.describe_topics([name])[0]["partitions"]), 3)
        admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, {"retention.ms": "54321"})])
        self.assertIn("54321", str(admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])))
        self.assertEqual([each.get("node_id", each.get("broker_id")) for each in admin.describe_cluster()["brokers"]], [1])
        if not IS_OLD:  # which has no call for it
            admin.delete_records({where: 40})
            self.assertEqual(self.consumer(where).beginning_offsets([where]), {where: 40})


main("kafka-python " + kafka.__version__)
