# SPDX-License-Identifier: Apache-2.0
"""aiokafka against the real broker. Goal and method: client_case.py; run by run.py."""
import asyncio

import aiokafka
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import MessageSizeTooLargeError
from client_case import CODECS, RECORDS, TIME_ZERO, ClientCase, main, make_records, murmur2_partition


class AioKafka(ClientCase):
    async def send_all(self, topic, records, **options):
        """Gives partitions and offsets."""
        async with AIOKafkaProducer(bootstrap_servers=self.broker.address, linger_ms=5, **options) as producer:
            futures = [await producer.send(topic, each[1], each[0], headers=list(each[2]), timestamp_ms=each[3], partition=part)
                       for each, part in records]
            await producer.flush()
            return [(done.partition, done.offset) for done in await asyncio.gather(*futures)]

    async def read_all(self, *partitions):
        # A seek right after assign() is overtaken by the client's own reset to the end, so that goes to the begin.
        async with AIOKafkaConsumer(bootstrap_servers=self.broker.address, group_id=None,
                                    auto_offset_reset="earliest") as consumer:
            consumer.assign(partitions)
            wanted = sum((await consumer.end_offsets(partitions)).values())
            records = []
            while len(records) < wanted:
                got = await consumer.getmany(timeout_ms=10_000)
                self.assertTrue(got, f"{len(records)} of {wanted}")
                for batch in got.values():
                    records += batch
            return records

    def test_codecs(self):
        async def run():
            count = RECORDS // len(CODECS)
            for seed, codec in enumerate(CODECS):
                sent = make_records(count, seed)
                topic = self.topic(f"-{codec}")
                done = await self.send_all(topic, [(each, 0) for each in sent],
                                           compression_type=None if codec == "none" else codec)
                self.assertEqual([offset for _, offset in done], list(range(count)))
                got = await self.read_all(TopicPartition(topic, 0))
                self.assert_same([(each.key, each.value, list(each.headers), each.timestamp) for each in got],
                                 [tuple(each) for each in sent])
        asyncio.run(run())

    def test_headers_and_nulls(self):
        async def run():
            sent = [(None, b"", [], TIME_ZERO), (b"", b"v", [("a", b"")], TIME_ZERO), (b"k", None, [], TIME_ZERO),
                    (b"k", b"v", [("a", b"1"), ("a", b"2")], TIME_ZERO)]
            await self.send_all(self.topic(), [(each, 0) for each in sent])
            got = await self.read_all(TopicPartition(self.topic(), 0))
            self.assertEqual([(each.key, each.value, list(each.headers), each.timestamp) for each in got], sent)
        asyncio.run(run())

    def test_by_key(self):
        async def run():
            await self.create(self.topic(), 6)
            keys = [b"user-%d" % number for number in range(500)]
            done = await self.send_all(self.topic(), [((key, b"x", [], None), None) for key in keys])
            self.assertEqual([part for part, _ in done], [murmur2_partition(key, 6) for key in keys])
            got = await self.read_all(*(TopicPartition(self.topic(), number) for number in range(6)))
            self.assertEqual(sorted(each.key for each in got), sorted(keys))
        asyncio.run(run())

    async def create(self, name, partitions, configs=None):
        admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.address)
        await admin.start()
        try:
            answer = await admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs or {})])
            self.assertEqual([each[1] for each in answer.topic_errors], [0])
        finally:
            await admin.close()

    def test_by_timestamp(self):
        async def run():
            await self.send_all(self.topic(), [((None, b"x", [], TIME_ZERO + number * 10), 0) for number in range(1_000)])
            where = TopicPartition(self.topic(), 0)
            async with AIOKafkaConsumer(bootstrap_servers=self.broker.address, group_id=None) as consumer:
                consumer.assign([where])
                for time, offset in ((TIME_ZERO - 5, 0), (TIME_ZERO + 1, 1), (TIME_ZERO + 5_000, 500)):
                    found = (await consumer.offsets_for_times({where: time}))[where]
                    self.assertEqual((found.offset, found.timestamp), (offset, TIME_ZERO + offset * 10))
                self.assertIsNone((await consumer.offsets_for_times({where: TIME_ZERO + 10_000}))[where])
        asyncio.run(run())

    def test_from_anywhere(self):
        async def run():
            await self.send_all(self.topic(), [((None, b"%d" % number, [], None), 0) for number in range(1_000)])
            where = TopicPartition(self.topic(), 0)
            async with AIOKafkaConsumer(bootstrap_servers=self.broker.address, group_id=None,
                                        auto_offset_reset="earliest") as consumer:
                consumer.assign([where])
                for offset in (0, 999, 500, 1):
                    consumer.seek(where, offset)
                    self.assertEqual((await consumer.getone()).value, b"%d" % offset)
                await consumer.seek_to_end(where)
                self.assertEqual(await consumer.position(where), 1_000)
                await self.send_all(self.topic(), [((None, b"new", [], None), 0)])
                self.assertEqual((await consumer.getone()).value, b"new")
        asyncio.run(run())

    def test_idempotence(self):
        async def run():
            sent = [((None, b"%d" % number, [], None), 0) for number in range(20_000)]
            await self.send_all(self.topic(), sent, enable_idempotence=True)
            got = await self.read_all(TopicPartition(self.topic(), 0))
            self.assert_same([each.value for each in got], [each[1] for each, _ in sent])
        asyncio.run(run())

    def member(self):
        return AIOKafkaConsumer(self.topic(), bootstrap_servers=self.broker.address, group_id="readers",
                                auto_offset_reset="earliest", enable_auto_commit=False)

    def test_group(self):
        async def run():
            await self.create(self.topic(), 4)
            await self.send_all(self.topic(), [((None, b"%d" % number, [], None), number % 4) for number in range(1_000)])
            seen = []
            for _ in range(2):  # the second session goes on where the first one committed
                async with self.member() as consumer:
                    until = len(seen) + 500
                    while len(seen) < until:
                        got = await consumer.getmany(timeout_ms=20_000, max_records=until - len(seen))
                        self.assertTrue(got)
                        seen += [each.value for batch in got.values() for each in batch]
                    await consumer.commit()
            self.assertEqual(sorted(map(int, seen)), list(range(1_000)))
            async with self.member() as one, self.member() as two:
                for _ in range(600):
                    parts = [each.assignment() for each in (one, two)]
                    if [len(each) for each in parts] == [2, 2]:
                        break
                    await asyncio.sleep(0.1)
                self.assertEqual([len(each) for each in parts], [2, 2])
                self.assertEqual(len(parts[0] | parts[1]), 4)
        asyncio.run(run())

    def test_large(self):
        async def run():
            value = bytes(range(256)) * 4_000
            await self.send_all(self.topic(), [((None, value, [], None), 0)], max_request_size=4_000_000,
                                max_batch_size=4_000_000)
            with self.assertRaises(MessageSizeTooLargeError):
                await self.send_all(self.topic(), [((None, value + value, [], None), 0)], max_request_size=4_000_000,
                                    max_batch_size=4_000_000)
            got = await self.read_all(TopicPartition(self.topic(), 0))
            self.assertEqual([each.value for each in got], [value])
        asyncio.run(run())

    def test_admin(self):
        async def run():
            await self.create(self.topic(), 3, {"retention.ms": "12345"})
            admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.address)
            await admin.start()
            try:
                self.assertIn(self.topic(), await admin.list_topics())
                described = await admin.describe_topics([self.topic()])
                self.assertEqual(len(described[0]["partitions"]), 3)
                await admin.delete_topics([self.topic()])
                self.assertNotIn(self.topic(), await admin.list_topics())
            finally:
                await admin.close()
        asyncio.run(run())

    def test_admin_partitions(self):
        async def run():
            name = self.topic()
            where = TopicPartition(name, 0)
            await self.create(name, 1)
            await self.send_all(name, [((None, b"%d" % number, [], None), 0) for number in range(100)])
            admin = AIOKafkaAdminClient(bootstrap_servers=self.broker.address)
            await admin.start()
            try:
                await admin.create_partitions({name: NewPartitions(3)})
                self.assertEqual(len((await admin.describe_topics([name]))[0]["partitions"]), 3)
                self.assertEqual(await admin.delete_records({where: RecordsToDelete(before_offset=40)}), {where: 40})
                resource = ConfigResource(ConfigResourceType.TOPIC, name, {"retention.ms": "54321"})
                await admin.alter_configs([resource])
                self.assertIn("54321", str(await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)])))
                self.assertEqual([each["node_id"] for each in (await admin.describe_cluster())["brokers"]], [1])
            finally:
                await admin.close()
        asyncio.run(run())


main("aiokafka " + aiokafka.__version__)
