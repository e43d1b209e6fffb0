# SPDX-License-Identifier: Apache-2.0
"""kill -9 under load, twenty times, with one idempotent librdkafka producer that lives through all of it.

Goal: what was acked is there, once, at the offset that its ack named, and in the order of sending. Method: a producer
with enable.idempotence sends without pause into three partitions while the broker is killed and started again at random
moments; in the end everything is flushed and the whole log is read.
"""
import os
import random
import threading
import time
import unittest

from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from real_broker import Broker

ROUNDS = 20
PARTITIONS = 3


class Crash(unittest.TestCase):
    def send_until(self, producer, stop, acked, sent):
        def note(error, message):
            self.assertIsNone(error)
            acked[message.value()] = (message.partition(), message.offset())
        number = 0
        while not stop.is_set():
            partition = number % PARTITIONS
            value = b"%d %s" % (number, b"x" * (number % 500))
            try:
                producer.produce("t", value, partition=partition, on_delivery=note)
                sent[partition].append(value)
                number += 1
            except BufferError:
                producer.poll(0.05)
            if number % 200 == 0:
                producer.poll(0)
                time.sleep(0.002)

    def wait_for_acks(self, acked, more):
        before, began = len(acked), time.monotonic()
        while len(acked) < before + more:
            self.assertLess(time.monotonic() - began, 60, f"{len(acked) - before} of {more} acks")
            time.sleep(0.001)

    def read(self, address, partition):
        consumer = Consumer({"bootstrap.servers": address, "group.id": "never-joined", "enable.auto.commit": False})
        try:
            consumer.assign([TopicPartition("t", partition, OFFSET_BEGINNING)])
            end = consumer.get_watermark_offsets(TopicPartition("t", partition), timeout=30)[1]
            got = []
            while len(got) < end:
                batch = consumer.consume(20_000, timeout=30)
                self.assertTrue(batch, f"{len(got)} of {end}")
                self.assertFalse([each.error() for each in batch if each.error()])
                got += [(each.value(), each.offset()) for each in batch]
            return got
        finally:
            consumer.close()

    def test_what_a_group_has_committed_survives(self):
        where = TopicPartition("t", 0)
        with Broker(os.environ["FAULTLINE_BROKER"]) as broker:
            admin = AdminClient({"bootstrap.servers": broker.address})
            admin.create_topics([NewTopic("t", 1)])["t"].result(10)
            for number in range(1, 9):
                consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "g", "enable.auto.commit": False})
                if number > 1:
                    self.assertEqual(consumer.committed([where], timeout=30)[0].offset, number - 1)
                consumer.commit(offsets=[TopicPartition("t", 0, number)], asynchronous=False)
                consumer.close()
                broker.kill()
                broker.start()

    def test_nothing_acked_is_lost_and_nothing_is_doubled(self):
        draw = random.Random(1)
        with Broker(os.environ["FAULTLINE_BROKER"], "--set", "log.segment.bytes=4000000") as broker:
            admin = AdminClient({"bootstrap.servers": broker.address})
            admin.create_topics([NewTopic("t", PARTITIONS, 1)])["t"].result(10)
            producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "linger.ms": 2,
                                 "message.timeout.ms": 300_000, "queue.buffering.max.messages": 20_000,
                                 # Back soon, so that most of the time there is load to be killed under.
                                 "reconnect.backoff.max.ms": 100, "retry.backoff.ms": 20,
                                 "topic.metadata.refresh.fast.interval.ms": 50, "socket.timeout.ms": 10_000,
                                 "metadata.recovery.strategy": "none", "log_level": 2})
            stop, acked, sent = threading.Event(), {}, [[] for _ in range(PARTITIONS)]
            sender = threading.Thread(target=self.send_until, args=(producer, stop, acked, sent))
            sender.start()
            try:
                for _ in range(ROUNDS):
                    self.wait_for_acks(acked, draw.randrange(1, 5_000))
                    time.sleep(draw.uniform(0, 0.02))
                    broker.kill()
                    broker.start()
            finally:
                stop.set()
                sender.join()
            self.assertEqual(producer.flush(120), 0)
            self.assertEqual(len(acked), sum(map(len, sent)))
            for partition in range(PARTITIONS):
                got = self.read(broker.address, partition)
                self.assertEqual(len(got), len(sent[partition]))
                for (value, offset), wanted in zip(got, sent[partition]):
                    self.assertEqual(value, wanted)
                    self.assertEqual(acked[value], (partition, offset))
            print(f"{ROUNDS} kills, {len(acked)} records, each once and where its ack said")


unittest.main()
