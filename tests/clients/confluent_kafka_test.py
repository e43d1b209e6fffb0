# SPDX-License-Identifier: Apache-2.0
"""confluent-kafka, which is librdkafka, against the real broker. Goal and method: client_case.py; run by run.py."""
import confluent_kafka
from client_case import CODECS, RECORDS, TIME_ZERO, ClientCase, main, make_records, murmur2_partition
from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaError, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic,
                                   ResourceType)


class ConfluentKafka(ClientCase):
    def produce(self, topic, records, partition=0, **options):
        """Sends (key, value, headers, timestamp) and gives (partition, offset, error) of each, in order."""
        producer = Producer({"bootstrap.servers": self.broker.address, "linger.ms": 5,
                             **{name.replace("_", "."): value for name, value in options.items()}})
        done = [None] * len(records)

        def noted(number):
            def note(error, message):
                done[number] = (message.partition(), message.offset(), error)
            return note

        for number, (key, value, headers, timestamp) in enumerate(records):
            extra = {} if partition is None else {"partition": partition}
            while True:
                try:
                    producer.produce(topic, value, key, headers=headers or None, timestamp=timestamp or 0,
                                     on_delivery=noted(number), **extra)
                    break
                except BufferError:
                    producer.poll(0.1)
        self.assertEqual(producer.flush(60), 0)
        return done

    def consumer(self, *partitions):
        consumer = Consumer({"bootstrap.servers": self.broker.address, "group.id": "never-joined",
                             "enable.auto.commit": False})
        self.addCleanup(consumer.close)
        consumer.assign(list(partitions))
        return consumer

    def read_all(self, topic, partitions=(0,)):
        consumer = self.consumer(*(TopicPartition(topic, each, OFFSET_BEGINNING) for each in partitions))
        ends = sum(consumer.get_watermark_offsets(TopicPartition(topic, each), timeout=10)[1] for each in partitions)
        records = []
        while len(records) < ends:
            got = consumer.consume(10_000, timeout=10)
            self.assertTrue(got, f"{len(records)} of {ends}")
            self.assertEqual([each.error() for each in got if each.error()], [])
            records += got
        return records

    @staticmethod
    def fields(message):
        return (message.key(), message.value(), message.headers() or [], message.timestamp()[1])

    def test_codecs(self):
        count = RECORDS // len(CODECS)
        for seed, codec in enumerate(CODECS):
            sent = make_records(count, seed)
            done = self.produce(self.topic(f"-{codec}"), sent, compression_type=codec)
            self.assertEqual(done, [(0, number, None) for number in range(count)])
            got = self.read_all(self.topic(f"-{codec}"))
            self.assert_same([self.fields(each) for each in got], [tuple(each) for each in sent])

    def test_headers_and_nulls(self):
        sent = [(None, b"", [], TIME_ZERO), (b"", b"v", [("a", b"")], TIME_ZERO), (b"k", None, [("n", None)], TIME_ZERO),
                (b"k", b"v", [("a", b"1"), ("a", b"2")], TIME_ZERO)]
        self.produce(self.topic(), sent)
        self.assertEqual([self.fields(each) for each in self.read_all(self.topic())], sent)

    def test_by_key(self):
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        admin.create_topics([NewTopic(self.topic(), 6)])[self.topic()].result(10)
        keys = [b"user-%d" % number for number in range(500)]
        done = self.produce(self.topic(), [(key, b"x", [], None) for key in keys], None, partitioner="murmur2_random")
        self.assertEqual([each[0] for each in done], [murmur2_partition(key, 6) for key in keys])
        got = self.read_all(self.topic(), range(6))
        self.assertEqual(sorted(each.key() for each in got), sorted(keys))

    def test_by_timestamp(self):
        self.produce(self.topic(), [(None, b"x", [], TIME_ZERO + number * 10) for number in range(1_000)])
        consumer = self.consumer()
        for time, offset in ((TIME_ZERO - 5, 0), (TIME_ZERO + 1, 1), (TIME_ZERO + 5_000, 500), (TIME_ZERO + 10_000, OFFSET_END)):
            found = consumer.offsets_for_times([TopicPartition(self.topic(), 0, time)], timeout=10)
            self.assertEqual(found[0].offset, offset)

    def test_from_anywhere(self):
        self.produce(self.topic(), [(None, b"%d" % number, [], None) for number in range(1_000)])
        for offset in (0, 999, 500, 1):
            consumer = self.consumer(TopicPartition(self.topic(), 0, offset))
            self.assertEqual(consumer.poll(10).value(), b"%d" % offset)
        consumer = self.consumer(TopicPartition(self.topic(), 0, OFFSET_END))
        self.assertIsNone(consumer.poll(1))
        self.produce(self.topic(), [(None, b"new", [], None)])
        self.assertEqual(consumer.poll(10).value(), b"new")

    def test_idempotence(self):
        sent = [(None, b"%d" % number, [], None) for number in range(50_000)]
        self.produce(self.topic(), sent, enable_idempotence=True)
        self.assert_same([each.value() for each in self.read_all(self.topic())], [each[1] for each in sent])

    def member(self):
        consumer = Consumer({"bootstrap.servers": self.broker.address, "group.id": "readers",
                             "auto.offset.reset": "earliest", "enable.auto.commit": False,
                             "topic.metadata.refresh.interval.ms": 1_000})
        consumer.subscribe([self.topic()])
        return consumer

    def test_group(self):
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        admin.create_topics([NewTopic(self.topic(), 4)])[self.topic()].result(10)
        for part in range(4):
            self.produce(self.topic(), [(None, b"%d" % number, [], None) for number in range(part, 1_000, 4)], part)
        seen = []
        for _ in range(2):  # the second session goes on where the first one committed
            consumer = self.member()
            until = len(seen) + 500
            while len(seen) < until:
                got = consumer.consume(until - len(seen), timeout=20)
                self.assertTrue(got)
                self.assertEqual([each.error() for each in got if each.error()], [])
                seen += [each.value() for each in got]
            consumer.commit(asynchronous=False)
            consumer.close()
        self.assertEqual(sorted(map(int, seen)), list(range(1_000)))
        members = [self.member(), self.member()]
        for _ in range(600):
            for each in members:
                each.poll(0.1)
            parts = [each.assignment() for each in members]
            if [len(each) for each in parts] == [2, 2]:
                break
        self.assertEqual([len(each) for each in parts], [2, 2])
        self.assertEqual(len({each.partition for part in parts for each in part}), 4)
        for each in members:
            each.close()
        listed = admin.list_consumer_groups().result(10).valid
        self.assertIn("readers", [each.group_id for each in listed])

    def test_large(self):
        value = bytes(range(256)) * 4_000
        done = self.produce(self.topic(), [(None, value, [], None)], message_max_bytes=4_000_000)
        self.assertIsNone(done[0][2])
        done = self.produce(self.topic(), [(None, value + value, [], None)], message_max_bytes=4_000_000)
        self.assertEqual(done[0][2].code(), KafkaError.MSG_SIZE_TOO_LARGE)
        self.assertEqual([each.value() for each in self.read_all(self.topic())], [value])

    def test_admin(self):
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        name = self.topic()
        admin.create_topics([NewTopic(name, 3, 1, config={"retention.ms": "12345"})])[name].result(10)
        with self.assertRaises(KafkaException) as again:
            admin.create_topics([NewTopic(name, 3, 1)])[name].result(10)
        self.assertEqual(again.exception.args[0].code(), KafkaError.TOPIC_ALREADY_EXISTS)
        self.assertEqual(len(admin.list_topics(timeout=10).topics[name].partitions), 3)
        configs = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name)])
        self.assertEqual(next(iter(configs.values())).result(10)["retention.ms"].value, "12345")
        admin.delete_topics([name])[name].result(10)
        self.assertNotIn(name, admin.list_topics(timeout=10).topics)

    def test_admin_partitions(self):
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        name = self.topic()
        admin.create_topics([NewTopic(name, 1)])[name].result(10)
        self.produce(name, [(None, b"%d" % number, [], None) for number in range(100)])
        admin.create_partitions([NewPartitions(name, 3)])[name].result(10)
        self.assertEqual(len(admin.list_topics(name, timeout=10).topics[name].partitions), 3)
        where = TopicPartition(name, 0, 40)
        self.assertEqual(admin.delete_records([where])[where].result(10).low_watermark, 40)
        self.assertEqual(self.consumer().get_watermark_offsets(where, timeout=10), (40, 100))
        entry = ConfigEntry("retention.ms", "54321", incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(ResourceType.TOPIC, name, incremental_configs=[entry])
        admin.incremental_alter_configs([resource])[resource].result(10)
        configs = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name)])
        self.assertEqual(next(iter(configs.values())).result(10)["retention.ms"].value, "54321")
        cluster = admin.describe_cluster().result(10)
        self.assertEqual([each.id for each in cluster.nodes], [1])


main(f"confluent-kafka {confluent_kafka.version()}" if isinstance(confluent_kafka.version(), str)
     else f"confluent-kafka {confluent_kafka.version()[0]}")
