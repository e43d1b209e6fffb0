#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka 4.1 and faultline-broker side by side: the same loads from the same generator, in one run, in turn.

Usage: bench_kafka.py BIN_DIRECTORY JARS_DIRECTORY [--gigabytes N] [--rounds N] [--seconds N] [--only PART]...
Prints for each figure both values (median and range of the rounds), the ratio (median and range of the rounds' ratios)
and the bar; exit code 1 when a bar is missed. CPU is what the kernel charged to the broker's process, so its ratio stands
on a busy machine too; latency does not.
"""
import argparse
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from apache_kafka import ApacheKafka, free_port, reason_to_skip  # noqa: E402
from real_broker import Broker  # noqa: E402

PARTS = ("produce", "fetch", "latency", "start")
GIGABYTE = 10**9
WARM_UP_ROUNDS_MAX = 8


class Server:
    """A process under load: its CPU time and its memory."""

    def __init__(self, name, load, port, pid):
        self.name, self.load_program, self.port, self.pid = name, load, port, pid
        self.bare = ["--bare"] if name == "bare" else []

    def load(self, command, **options):
        arguments = [item for key, value in options.items() for item in (f"--{key.replace('_', '-')}", str(value))]
        bare = self.bare if command in ("produce", "fetch", "latency") else []
        done = subprocess.run([self.load_program, command, "--port", str(self.port), *bare, *arguments],
                              stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{self.name}: {command} failed")
        return json.loads(done.stdout) if done.stdout else {}

    def cpu(self):
        """User and system seconds so far."""
        with open(f"/proc/{self.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return tuple(int(ticks) / os.sysconf("SC_CLK_TCK") for ticks in fields[11:13])

    def resident(self):
        with open(f"/proc/{self.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGESIZE")

    def measure(self, command, **options):
        """Runs a load; adds CPU seconds per GB (or per 1,000 acks) and the memory's peak to what it says."""
        peak, over = [self.resident()], threading.Event()

        def watch():
            while not over.wait(0.05):
                peak.append(self.resident())

        watcher = threading.Thread(target=watch)
        watcher.start()
        before = self.cpu()
        try:
            result = self.load(command, **options)
        finally:
            over.set()
            watcher.join()
        user, system = (after - begin for after, begin in zip(self.cpu(), before))
        per = result["bytes"] / GIGABYTE if "bytes" in result else result["acks"] / 1000
        result.update(cpu=(user + system) / per, user=user / per, system=system / per, resident=max(peak))
        return result


class Report:
    def __init__(self):
        self.failed = []

    def line(self, text):
        print(text, flush=True)

    def row(self, what, ours, theirs, bar, unit, other="Kafka"):
        """`ours` and `theirs` are the rounds' figures."""
        ratios = [our / their for our, their in zip(ours, theirs)]
        ratio = statistics.median(ratios)
        verdict = "" if bar is None else f"bar {bar:g} {'met' if ratio <= bar else 'MISSED'}"
        if bar is not None and ratio > bar:
            self.failed.append(f"{what} / {other}")
        self.line(f"{what:<31}{self.range(ours):>24}{self.range(theirs):>25} {unit:<5}{self.range(ratios):>22} of {other:<10}{verdict}")

    @staticmethod
    def range(values):
        return f"{statistics.median(values):.3g} ({min(values):.3g}..{max(values):.3g})"


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.report = options, folder, Report()
        self.load = os.path.join(options.bin, "kafka_load")
        self.broker = os.path.join(options.bin, "faultline-broker")
        self.bytes = int(options.gigabytes * GIGABYTE)

    def serve(self):
        """Starts the three servers; they live until the end of the run."""
        self.kafka_process = ApacheKafka(self.options.jars, within=self.folder,
                                         properties={"log.segment.bytes": 1 << 28, "log.segment.delete.delay.ms": 100})
        self.kafka_process.start()
        # Nothing else may differ: segments as large, deleted as fast.
        self.our_process = Broker(self.broker, "--set", f"log.segment.bytes={1 << 28}",
                                  "--set", "log.segment.delete.delay.ms=100", data=os.path.join(self.folder, "ours"))
        self.our_process.start()
        port = free_port()
        self.bare_file = os.path.join(self.folder, "bare.log")
        self.bare_process = subprocess.Popen([self.load, "serve-bare", "--port", str(port), "--file", self.bare_file])
        time.sleep(0.2)
        self.kafka = Server("Apache Kafka", self.load, self.kafka_process.port, self.kafka_process.process.pid)
        self.ours = Server("Faultline", self.load, self.our_process.port, self.our_process.process.pid)
        self.bare = Server("bare", self.load, port, self.bare_process.pid)

    def close(self):
        for process in (getattr(self, "kafka_process", None), getattr(self, "our_process", None)):
            if process:
                process.__exit__()
        if hasattr(self, "bare_process"):
            self.bare_process.kill()
            self.bare_process.wait()

    def touch_memory(self):
        """A virtual machine pays for each page that it never used before: not while anybody is measured."""
        path = os.path.join(self.folder, "touched")
        with open(path, "wb") as file:
            for _ in range(3 * self.bytes // (1 << 20)):
                file.write(b"t" * (1 << 20))
        os.remove(path)

    def warm_up(self):
        """Produces and fetches until the JVM has compiled what matters: a round within a tenth of the one before."""
        before, figures = None, []
        for number in range(WARM_UP_ROUNDS_MAX):
            figure = self.round(self.kafka, f"warm-{number}", "produce")["produce"]["cpu"]
            figures.append(f"{figure:.2f}")
            if number >= 2 and figure > 0.9 * before:
                break
            before = figure
        self.report.line(f"warm-up of Apache Kafka, CPU s per GB produced: {', '.join(figures)}")

    def round(self, server, topic, *parts, batch_bytes=256 << 10):
        """Fills a topic, reads it twice, removes it."""
        is_bare = server is self.bare
        if is_bare:
            os.truncate(self.bare_file, 0)
        else:
            server.load("create", topic=topic)
        found = {"produce": server.measure("produce", topic=topic, bytes=self.bytes, batch_bytes=batch_bytes)}
        if "fetch" in parts or not is_bare:
            found["fetch"] = server.measure("fetch", topic=topic, bytes=2 * self.bytes)
        if not is_bare:
            server.load("delete", topic=topic)
        return found

    def measure_bytes(self):
        servers = (self.kafka, self.ours, self.bare)
        rounds = {server.name: [] for server in servers}
        for number in range(self.options.rounds):
            for server in servers:
                rounds[server.name].append(self.round(server, f"bytes-{number}", "produce", "fetch"))
        small = {server.name: [] for server in servers}
        for number in range(self.options.rounds):
            for server in servers:
                small[server.name].append(self.round(server, f"small-{number}", "produce", batch_bytes=16 << 10))

        def figures(server, part, key, source=rounds):
            return [one[part][key] for one in source[server.name]]

        for part, bar in (("produce", 0.5), ("fetch", 1.0)):
            self.report.row(f"CPU s per GB, {part}", figures(self.ours, part, "cpu"), figures(self.kafka, part, "cpu"), bar, "s/GB")
        self.report.row("CPU s per GB, fetch", figures(self.ours, "fetch", "cpu"), figures(self.bare, "fetch", "cpu"), 1.5,
                        "s/GB", "sendfile")
        self.report.row("CPU s per GB, produce", figures(self.ours, "produce", "cpu"), figures(self.bare, "produce", "cpu"), None,
                        "s/GB", "bare loop")
        self.report.row("CPU s per GB, produce, 16 KiB", figures(self.ours, "produce", "cpu", small),
                        figures(self.kafka, "produce", "cpu", small), None, "s/GB")
        self.report.row("  the same", figures(self.ours, "produce", "cpu", small),
                        figures(self.bare, "produce", "cpu", small), None, "s/GB", "bare loop")
        memory = [[max(one["produce"]["resident"], one["fetch"]["resident"]) / 2**20 for one in rounds[server.name]]
                  for server in (self.ours, self.kafka)]
        self.report.row("resident under load", *memory, 0.1, "MiB")
        for part in ("produce", "fetch"):
            for server in servers:
                user, system = (statistics.median(figures(server, part, key)) for key in ("user", "system"))
                speed = statistics.median(one[part]["bytes"] / one[part]["seconds"] / GIGABYTE for one in rounds[server.name])
                self.report.line(f"  {part:<8}{server.name:<13} user {user:.3f} + system {system:.3f} s/GB; {speed:.2f} GB/s wall")

    def measure_latency(self):
        servers = (self.kafka, self.ours, self.bare)
        rounds = {server.name: [] for server in servers}
        for server in (self.kafka, self.ours):
            server.load("create", topic="latency")
        for number in range(-1, self.options.latency_rounds):  # the first is not counted
            for server in servers:
                found = server.measure("latency", topic="latency", rate=2000, seconds=self.options.seconds)
                if number >= 0:
                    rounds[server.name].append(found)
        for key, name, bar in (("p50_ms", "p50", None), ("p99_ms", "p99", 0.5), ("p999_ms", "p99.9", 0.5)):
            ours, theirs, bare = ([one[key] for one in rounds[server.name]] for server in (self.ours, self.kafka, self.bare))
            self.report.row(f"ack latency at 2,000/s, {name}", ours, theirs, bar, "ms")
            self.report.row("  the same", ours, bare, None, "ms", "bare loop")
        self.report.row("CPU s per 1,000 requests", *([one["cpu"] for one in rounds[server.name]] for server in (self.ours, self.kafka)),
                        None, "s")

    def measure_start(self):
        """A start over a directory that an orderly stop left, until a record is acked."""
        times = {"ours": [], "kafka": []}
        with ApacheKafka(self.options.jars, within=self.folder) as kafka:
            folder = os.path.join(self.folder, "start")
            self.first_ack_of(kafka.port, kafka.start, create=True)
            ours = Broker(self.broker, data=folder)
            self.first_ack_of(None, ours.start, create=True, broker=ours)
            for _ in range(self.options.rounds):
                kafka.stop()
                times["kafka"].append(self.first_ack_of(kafka.port, kafka.launch))
                ours.stop()
                times["ours"].append(self.first_ack_of(ours.port, ours.start))
            ours.__exit__()
        self.report.row("start until first ack", times["ours"], times["kafka"], 0.1, "s")

    def first_ack_of(self, port, start, create=False, broker=None):
        if create:
            start()
            Server("", self.load, port or broker.port, 0).load("create", topic="start", partitions=1)
            return None
        command = [self.load, "first-ack", "--topic", "start", "--port", str(port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as prober:
            time.sleep(0.05)  # it is trying already
            began = time.monotonic()
            start()
            output, _ = prober.communicate(timeout=120)
        return json.loads(output)["monotonic_s"] - began

    def run(self):
        only = self.options.only or PARTS
        head = subprocess.run(["uptime"], capture_output=True, text=True).stdout.strip()
        self.report.line(f"{self.options.gigabytes} GB a round, {self.options.rounds} rounds, values of 1 KiB, 6 partitions, "
                         f"batches of 256 KiB, acks=all; {os.cpu_count()} processors; {head}")
        self.serve()
        if only != ["start"]:
            self.touch_memory()
            self.warm_up()
        self.report.line(f"{'':<31}{'Faultline':>24}{'the other':>25} {'':<5}{'ratio':>22}")
        if "produce" in only or "fetch" in only:
            self.measure_bytes()
        if "latency" in only:
            self.measure_latency()
        if "start" in only:
            self.measure_start()
        self.report.line("bars missed: " + (", ".join(self.report.failed) or "none"))
        return 1 if self.report.failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin")
    parser.add_argument("jars")
    parser.add_argument("--gigabytes", type=float, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10, help="of one round of the latency")
    # Of 20,000 acks twenty are beyond p99.9: a single pause of the machine. Few rounds would measure that.
    parser.add_argument("--latency-rounds", type=int, default=15)
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--folder", help="where the logs go (default: a temporary directory)")
    options = parser.parse_args()
    reason = reason_to_skip(options.jars)
    if reason:
        print(f"skipped: {reason}")
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that all servers end too
    folder = tempfile.mkdtemp(prefix="bench-kafka-", dir=options.folder)
    bench = Bench(options, folder)
    try:
        return bench.run()
    finally:
        bench.close()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
