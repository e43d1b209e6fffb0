# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka's own DumpLogSegments reads our segments, indexes and snapshots without complaint.

Goal: the files are Kafka's, also after kill -9. Method: an idempotent librdkafka producer writes every codec into small
segments; the files are read once as a kill left them (logs only: Kafka too leaves indexes unfinished then), and once
after the next start has recovered them and ended in order (every file). The records that the tool counts are those sent.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from confluent_kafka import Producer
from real_broker import Broker

JARS = os.path.join(os.path.dirname(os.path.dirname(os.environ["FAULTLINE_CLIENT_RESULTS"])), "kafka-tools")
if not shutil.which("java") or not os.path.isdir(JARS):
    print("skipped: no Java or no Apache Kafka tools here; ./dev clients gets them where mvn is")
    sys.exit(77)
COMPLAINTS = re.compile(r"isvalid: false|[Mm]ismatch|[Cc]orrupt|[Ii]nvalid|not found|Exception|Found timestamp|out of order")


def dump(files):
    done = subprocess.run(["java", "-Xmx256m", "-cp", JARS + "/*", "kafka.tools.DumpLogSegments", "--deep-iteration",
                           "--print-data-log", "--files", ",".join(files)], capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + "\n".join(
        line for line in done.stderr.splitlines() if "log4j" not in line.lower() and "SLF4J" not in line)


class DumpLogSegments(unittest.TestCase):
    def check(self, files, records):
        self.assertTrue(files)
        code, text = dump(files)
        self.assertEqual(code, 0, text[-2000:])
        bad = [line for line in text.splitlines() if COMPLAINTS.search(line)]
        self.assertEqual(bad, [])
        self.assertEqual(len(re.findall(r"^\| offset: ", text, re.M)), records)

    def test_kafka_reads_what_we_wrote(self):
        with Broker(os.environ["FAULTLINE_BROKER"], "--set", "log.segment.bytes=1048576",
                    "--set", "log.index.interval.bytes=1024") as broker:
            sent = 0
            for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
                producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True, "linger.ms": 2,
                                     "log_level": 0, "compression.type": codec, "batch.size": 20_000})
                for number in range(4_000):
                    value = os.urandom(number % 700) if number % 3 else b"x" * (number % 5_000)
                    producer.produce("dumped", value, f"key-{number}", partition=0, headers=[("h", str(number))])
                    if number % 500 == 0:
                        producer.poll(0)
                sent += 4_000
                self.assertEqual(producer.flush(60), 0)
                del producer
            broker.kill()
            with tempfile.TemporaryDirectory() as copy:
                shutil.copytree(broker.data, copy, dirs_exist_ok=True)
                self.check(sorted(glob.glob(copy + "/dumped-0/*.log")), sent)
            broker.start()
            self.assertEqual(broker.stop(), 0)
            files = sorted(path for path in glob.glob(broker.data + "/dumped-0/*")
                           if path.endswith((".log", ".index", ".timeindex", ".snapshot")))
            files.sort(key=lambda path: not path.endswith(".log"))
            self.assertGreater(len(files), 12)
            self.check(files, sent)
            # The tool does complain.
            with open(files[2], "r+b") as file:
                file.seek(200)
                file.write(b"wrong")
            self.assertRegex(dump([files[2]])[1], COMPLAINTS)
            print(f"{len(files)} files, {sent} records read by DumpLogSegments of Apache Kafka")


unittest.main()
