# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka 4.1 as a process for measurements and tests: one node, broker and controller, over a temporary directory."""
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

# What kafka-run-class.sh sets.
JVM_FLAGS = ("-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 "
             "-XX:+ExplicitGCInvokesConcurrent -XX:MaxInlineLevel=15 -Djava.awt.headless=true").split()
LOG4J = """status = ERROR
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d %p %c %m%n
rootLogger.level = WARN
rootLogger.appenderRef.out.ref = out
"""
CLUSTER_ID = "gdLWwLPKQXKRbLvtW1G2tA"


def reason_to_skip(jars):
    """Why it cannot run here; empty when it can."""
    java = shutil.which("java")
    if not java:
        return "there is no java (JDK 17)"
    version = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
    major = version.partition('"')[2].partition(".")[0]
    if not major.isdigit() or int(major) < 17:
        return f"java is {version.partition(chr(10))[0]}, 17 is needed"
    if not list(pathlib.Path(jars).glob("kafka_2.13-*.jar")):
        return f"no jars of Apache Kafka in {jars}; ./dev clients gets them with Maven"
    return ""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ApacheKafka:
    """Use as a context manager; it is formatted, not started."""

    def __init__(self, jars, heap="1g", properties=None, within=None):
        self.folder = tempfile.mkdtemp(prefix="kafka-", dir=within)
        self.port, self.process, self._heap = free_port(), None, heap
        self._classes = os.path.join(os.path.abspath(jars), "*")
        self._output = os.path.join(self.folder, "output.txt")
        self._write_files(properties or {})
        self._run_tool("kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c", self._path("server.properties"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _write_files(self, properties):
        controller = free_port()
        settings = {
            "process.roles": "broker,controller", "node.id": 1,
            "controller.quorum.voters": f"1@127.0.0.1:{controller}", "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{controller}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self._path("data"), "offsets.topic.replication.factor": 1,
            "transaction.state.log.replication.factor": 1, "transaction.state.log.min.isr": 1,
            "share.coordinator.state.topic.replication.factor": 1, "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0, **properties}
        pathlib.Path(self._path("server.properties")).write_text(
            "".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
        pathlib.Path(self._path("log4j2.properties")).write_text(LOG4J, encoding="utf-8")

    def _run_tool(self, *arguments):
        done = subprocess.run(["java", "-cp", self._classes, *arguments], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{arguments[0]}:\n{done.stdout}{done.stderr}")

    def launch(self):
        """Starts the process and does not wait."""
        with open(self._output, "ab") as output:
            self.process = subprocess.Popen(
                ["java", f"-Xms{self._heap}", f"-Xmx{self._heap}", *JVM_FLAGS,
                 f"-Dlog4j2.configurationFile={self._path('log4j2.properties')}", "-cp", self._classes, "kafka.Kafka",
                 self._path("server.properties")], stdout=output, stderr=subprocess.STDOUT)
        return self

    def start(self, seconds=120):
        """Starts it and waits until it listens."""
        self.launch()
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("Apache Kafka does not start:\n" + self.output())

    def output(self):
        return pathlib.Path(self._output).read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self):
        self.process.terminate()
        self.process.wait(120)

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
