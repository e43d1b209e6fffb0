# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka's own command line tools against the real broker, each doing what its documentation shows first.

Goal: who manages Kafka with its own tools can manage this broker. Method: each tool is a process of Apache Kafka's
distribution; what it prints is compared where that means something, and what it did is asked of another tool.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

from client_case import ClientCase, main

JARS = os.path.join(os.path.dirname(os.path.dirname(os.environ["FAULTLINE_CLIENT_RESULTS"])), "kafka-tools")
if not shutil.which("java") or not os.path.isdir(JARS):
    print("skipped: no Java or no Apache Kafka here; ./dev clients installs them")
    sys.exit(77)
JAVA = ("java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{JARS}/*")
TOOLS = {
    "kafka-topics": "org.apache.kafka.tools.TopicCommand",
    "kafka-console-producer": "org.apache.kafka.tools.ConsoleProducer",
    "kafka-console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
    "kafka-verifiable-producer": "org.apache.kafka.tools.VerifiableProducer",
    "kafka-verifiable-consumer": "org.apache.kafka.tools.VerifiableConsumer",
    "kafka-producer-perf-test": "org.apache.kafka.tools.ProducerPerformance",
    "kafka-consumer-perf-test": "org.apache.kafka.tools.ConsumerPerformance",
    "kafka-e2e-latency": "org.apache.kafka.tools.EndToEndLatency",
    "kafka-consumer-groups": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    "kafka-groups": "org.apache.kafka.tools.GroupsCommand",
    "kafka-configs": "kafka.admin.ConfigCommand",
    "kafka-get-offsets": "org.apache.kafka.tools.GetOffsetShell",
    "kafka-delete-records": "org.apache.kafka.tools.DeleteRecordsCommand",
    "kafka-log-dirs": "org.apache.kafka.tools.LogDirsCommand",
    "kafka-cluster": "org.apache.kafka.tools.ClusterTool",
    "kafka-broker-api-versions": "org.apache.kafka.tools.BrokerApiVersionsCommand",
    "kafka-features": "org.apache.kafka.tools.FeatureCommand",
}


class KafkaTools(ClientCase):
    BROKER_ARGUMENTS = (*ClientCase.BROKER_ARGUMENTS, "--set", "group.initial.rebalance.delay.ms=100")
    test_transactions = None  # a feature of client_case.py

    @property
    def feature(self):
        return super().feature.replace("_", "-")

    def tool(self, name, *arguments, given="", code=0, bootstrap="--bootstrap-server"):
        command = [*JAVA, TOOLS[name], *((bootstrap, self.broker.address) if bootstrap else ()), *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout

    def fill(self, topic, count):
        self.tool("kafka-console-producer", "--topic", topic, "--property", "parse.key=true", "--property", "key.separator=:",
                  given="".join(f"key-{number}:{number}\n" for number in range(count)))

    def test_kafka_topics(self):
        def do(*arguments, **options):
            return self.tool("kafka-topics", *arguments, **options)

        do("--create", "--topic", "topics", "--partitions", "3", "--config", "retention.ms=777")
        self.assertIn("already exists", do("--create", "--topic", "topics", code=1))
        self.assertIn("topics", do("--list").split())
        described = do("--describe", "--topic", "topics").splitlines()
        self.assertRegex(described[0], r"Topic: topics\tTopicId: \S{22}\tPartitionCount: 3\tReplicationFactor: 1\t"
                                       r"Configs: \S*retention.ms=777")
        self.assertRegex(described[3], r"Topic: topics\tPartition: 2\tLeader: 1\tReplicas: 1\tIsr: 1\b")
        do("--alter", "--topic", "topics", "--partitions", "5")
        self.assertIn("PartitionCount: 5", do("--describe", "--topic", "topics"))
        do("--delete", "--topic", "topics")
        self.assertNotIn("topics", do("--list").split())

    def test_kafka_console_producer(self):
        self.fill("console", 100)
        self.tool("kafka-console-producer", "--topic", "console", "--compression-codec", "zstd", "--property",
                  "parse.headers=true", "--property", "null.marker=NULL", given="a:1,b:2\tmarked\na:1\tNULL\n")
        got = self.tool("kafka-console-consumer", "--topic", "console", "--from-beginning", "--max-messages", "102",
                        "--property", "print.headers=true", "--property", "print.key=true")
        self.assertEqual(got.splitlines(), [f"NO_HEADERS\tkey-{number}\t{number}" for number in range(100)] +
                         ["a:1,b:2\tnull\tmarked", "a:1\tnull\tnull"])

    def test_kafka_console_consumer(self):
        self.fill("consoled", 20)
        got = self.tool("kafka-console-consumer", "--topic", "consoled", "--partition", "0", "--offset", "17", "--max-messages", "3")
        self.assertEqual(got.split(), ["17", "18", "19"])
        for start in (0, 10):  # the second goes on where the first committed
            got = self.tool("kafka-console-consumer", "--topic", "consoled", "--group", "console", "--from-beginning",
                            "--max-messages", "10")
            self.assertEqual(got.split(), [str(number) for number in range(start, start + 10)])

    def test_kafka_verifiable_producer(self):
        lines = [json.loads(line) for line in self.tool("kafka-verifiable-producer", "--topic", "verified", "--max-messages",
                                                        "5000", "--acks", "-1").splitlines()]
        sent = [each["offset"] for each in lines if each["name"] == "producer_send_success"]
        self.assertEqual(sent, list(range(5_000)))
        self.assertEqual((lines[-1]["sent"], lines[-1]["acked"]), (5_000, 5_000))

    def test_kafka_verifiable_consumer(self):
        self.fill("verify", 2_000)
        command = [*JAVA, TOOLS["kafka-verifiable-consumer"], "--bootstrap-server", self.broker.address, "--topic", "verify",
                   "--group-id", "verifiers", "--reset-policy", "earliest", "--max-messages", "2000"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            lines = [json.loads(line) for line in process.stdout]
        read = sum(each["count"] for each in lines if each["name"] == "records_consumed")
        commits = [each for each in lines if each["name"] == "offsets_committed"]
        self.assertEqual(read, 2_000)
        self.assertTrue(all(each["success"] for each in commits))
        self.assertEqual(commits[-1]["offsets"], [{"topic": "verify", "partition": 0, "offset": 2_000}])
        self.assertEqual(lines[-1]["name"], "shutdown_complete")

    def test_kafka_producer_perf_test(self):
        out = self.tool("kafka-producer-perf-test", "--topic", "perf", "--num-records", "100000", "--record-size", "200",
                        "--throughput", "-1", "--producer-props", f"bootstrap.servers={self.broker.address}",
                        "compression.type=lz4", bootstrap=None)
        self.assertRegex(out, r"100000 records sent, [\d.]+ records/sec .* 99.9th")
        self.assertEqual(self.tool("kafka-get-offsets", "--topic", "perf"), "perf:0:100000\n")

    def test_kafka_consumer_perf_test(self):
        self.fill("read-fast", 5_000)
        out = self.tool("kafka-consumer-perf-test", "--topic", "read-fast", "--messages", "5000")
        self.assertEqual(out.splitlines()[-1].split(", ")[4], "5000")

    def test_kafka_e2e_latency(self):
        out = self.tool("kafka-e2e-latency", self.broker.address, "e2e", "200", "all", "50", bootstrap=None)
        self.assertRegex(out, r"Avg latency: [\d.]+ ms\s+Percentiles: 50th = \d+, 99th = \d+, 99.9th = \d+")

    def test_kafka_consumer_groups(self):
        def do(*arguments):
            return self.tool("kafka-consumer-groups", *arguments)

        self.fill("grouped", 100)
        self.tool("kafka-console-consumer", "--topic", "grouped", "--group", "group", "--from-beginning", "--max-messages", "100")
        self.assertIn("group", do("--list").split())
        row = r"group +grouped +0 +{} +100 +{} +- +- +-"
        self.assertRegex(do("--describe", "--group", "group"), row.format(100, 0))
        self.assertRegex(do("--describe", "--group", "group", "--state"), rf"group +{self.broker.address} +\(1\) .*Empty +0")
        self.assertRegex(do("--reset-offsets", "--group", "group", "--topic", "grouped", "--to-offset", "40", "--execute"),
                         r"group +grouped +0 +40")
        self.assertRegex(do("--describe", "--group", "group"), row.format(40, 60))
        self.assertIn("Successful", do("--delete-offsets", "--group", "group", "--topic", "grouped"))
        self.assertIn("successful", do("--delete", "--group", "group"))
        self.assertNotIn("group", do("--list").split())

    def test_kafka_groups(self):
        """A group with a member, as its tools see it."""
        self.fill("live", 1)
        command = [*JAVA, TOOLS["kafka-console-consumer"], "--bootstrap-server", self.broker.address, "--topic", "live",
                   "--group", "alive", "--from-beginning"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as consumer:
            try:
                self.assertEqual(consumer.stdout.readline(), "0\n")
                self.assertRegex(self.tool("kafka-groups", "--list"), r"alive +Classic +consumer")
                members = self.tool("kafka-consumer-groups", "--describe", "--group", "alive", "--members")
                self.assertRegex(members, r"alive +console-consumer-\S+ +/127.0.0.1 +console-consumer +1")
            finally:
                consumer.send_signal(signal.SIGTERM)

    def test_kafka_configs(self):
        topic = ("--entity-type", "topics", "--entity-name", "configured")
        self.tool("kafka-topics", "--create", "--topic", "configured", "--config", "retention.ms=777")
        self.tool("kafka-configs", "--alter", *topic, "--add-config", "retention.bytes=888,cleanup.policy=[compact,delete]")
        described = self.tool("kafka-configs", "--describe", *topic)
        self.assertRegex(described, r"retention.ms=777 sensitive=false synonyms=\{DYNAMIC_TOPIC_CONFIG:retention.ms=777,")
        self.assertRegex(described, r"retention.bytes=888 sensitive=false")
        self.assertRegex(described, r"cleanup.policy=compact,delete sensitive=false")
        self.tool("kafka-configs", "--alter", *topic, "--delete-config", "retention.ms")
        self.assertNotIn("retention.ms", self.tool("kafka-configs", "--describe", *topic))
        everything = self.tool("kafka-configs", "--describe", "--all", "--entity-type", "brokers", "--entity-name", "1")
        self.assertRegex(everything, r"num.partitions=1 sensitive=false")

    def test_kafka_get_offsets(self):
        self.fill("offsets", 50)
        for time, offset in (("latest", 50), ("earliest", 0), ("-2", 0), ("0", 0)):
            self.assertEqual(self.tool("kafka-get-offsets", "--topic", "offsets", "--time", time), f"offsets:0:{offset}\n")

    def test_kafka_delete_records(self):
        self.fill("shortened", 50)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"version": 1, "partitions": [{"topic": "shortened", "partition": 0, "offset": 20}]}, file)
            file.flush()
            out = self.tool("kafka-delete-records", "--offset-json-file", file.name)
        self.assertRegex(out, r"partition: shortened-0\s+low_watermark: 20")
        self.assertEqual(self.tool("kafka-get-offsets", "--topic", "shortened", "--time", "earliest"), "shortened:0:20\n")

    def test_kafka_log_dirs(self):
        self.fill("stored", 50)
        said = json.loads(self.tool("kafka-log-dirs", "--describe", "--topic-list", "stored").splitlines()[-1])
        directory = said["brokers"][0]["logDirs"][0]
        self.assertEqual((said["brokers"][0]["broker"], directory["error"], directory["logDir"]), (1, None, self.broker.data))
        size = os.path.getsize(os.path.join(self.broker.data, "stored-0", "0" * 20 + ".log"))
        self.assertEqual(directory["partitions"], [{"partition": "stored-0", "size": size, "offsetLag": 0, "isFuture": False}])

    def test_kafka_cluster(self):
        with open(os.path.join(self.broker.data, "meta.properties"), encoding="ascii") as file:
            cluster = re.search(r"^cluster.id=(.*)", file.read(), re.M)[1]
        self.assertEqual(self.cluster("cluster-id"), f"Cluster ID: {cluster}\n")
        self.assertRegex(self.cluster("list-endpoints"), rf"1 +127.0.0.1 +{self.broker.port} +null +unfenced +broker")

    def cluster(self, what):
        return self.tool("kafka-cluster", what, "--bootstrap-server", self.broker.address, bootstrap=None)

    def test_kafka_broker_api_versions(self):
        out = self.tool("kafka-broker-api-versions")
        self.assertIn(f"{self.broker.address} (id: 1 rack: null isFenced: false)", out)
        self.assertRegex(out, r"Produce\(0\): 0 to 13 \[usable: 13\]")

    def test_kafka_features(self):
        out = self.tool("kafka-features", "describe")
        self.assertRegex(out, r"Feature: metadata.version\tSupportedMinVersion: \S+\tSupportedMaxVersion: 4.1-IV1")


main("Apache Kafka's tools " + next(each for each in os.listdir(JARS) if each.startswith("kafka-tools-"))[12:-4])
