#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calibrates `faultline-broker` and Apache Kafka 4.1 on this machine and says how far the simulator is from them.

Usage: calibrate_kafka.py BIN_DIRECTORY JARS_DIRECTORY [--seconds N] [--rounds N] [--only faultline|kafka] [--write]
Prints a table for each broker: loads that its profile did not see, measured (medians of the rounds) and simulated. With
--write it puts the profiles and the tables into scenarios/profiles.
"""
import argparse
import datetime
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from apache_kafka import ApacheKafka, reason_to_skip  # noqa: E402
from real_broker import Broker  # noqa: E402

PROFILES = pathlib.Path(__file__).resolve().parents[2] / "scenarios" / "profiles"
WARM_UP_SECONDS = 60
BEGIN, END = "<!-- measured: tests/kafka/calibrate_kafka.py --write -->", "<!-- end of measured -->"


class Run:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.tables = []

    def calibrate(self, name, title, port, pid):
        profile = os.path.join(self.folder, f"{name}.json")
        before = os.getloadavg()[0]
        done = subprocess.run(
            [os.path.join(self.options.bin, "faultline"), "calibrate", "--bootstrap", f"127.0.0.1:{port}", "--pid", str(pid),
             "--seconds", str(self.options.seconds), "--validate", "--rounds", str(self.options.rounds), "--note",
             f"{title}, one node, client on the same machine", "--out", profile], stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{title}: calibrate failed")
        table = "\n".join(line for line in done.stdout.splitlines() if line.startswith("|"))
        load = f"load average {before:.1f} to {os.getloadavg()[0]:.1f}"
        self.tables.append(f"**{title}** (profile `{name}`; {load}):\n\n{table}\n")
        print(f"{done.stdout}\n{title}, {load}\n", flush=True)
        if self.options.write:
            shutil.copy(profile, PROFILES / f"{name}.json")

    def ours(self):
        with Broker(os.path.join(self.options.bin, "faultline-broker"), data=os.path.join(self.folder, "ours")) as broker:
            self.calibrate("faultline-here", "faultline-broker", broker.port, broker.process.pid)

    def kafka(self):
        with ApacheKafka(self.options.jars, within=self.folder) as kafka:
            kafka.start()
            # A JVM that has just started is another machine.
            print("warming Apache Kafka up", flush=True)
            subprocess.run([os.path.join(self.options.bin, "faultline"), "calibrate", "--bootstrap", f"127.0.0.1:{kafka.port}",
                            "--seconds", str(WARM_UP_SECONDS)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            self.calibrate("kafka-4.1-here", "Apache Kafka 4.1", kafka.port, kafka.process.pid)

    def write(self):
        readme = PROFILES / "README.md"
        text = readme.read_text(encoding="utf-8")
        head, rest = text.split(BEGIN)
        tail = rest.split(END)[1]
        caption = (f"Measured {datetime.date.today()} on {os.cpu_count()} processors (brokers and client at "
                   f"priority {os.getpriority(os.PRIO_PROCESS, 0)}); {self.options.rounds} rounds, medians. The ratio is simulated / "
                   "measured.\n")
        body = "\n".join([BEGIN, caption, *self.tables, END])
        readme.write_text(head + body + tail, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin")
    parser.add_argument("jars")
    parser.add_argument("--seconds", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("faultline", "kafka"))
    parser.add_argument("--write", action="store_true", help="profiles and tables into scenarios/profiles")
    options = parser.parse_args()
    reason = reason_to_skip(options.jars) if options.only != "faultline" else ""
    if reason:
        print(f"skipped: {reason}")
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the brokers end too
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -15)  # before whatever else this machine does
    except PermissionError:
        print("not at a raised priority: other work on this machine is measured too")
    folder = tempfile.mkdtemp(prefix="calibrate-")
    run = Run(options, folder)
    try:
        if options.only != "kafka":
            run.ours()
        if options.only != "faultline":
            run.kafka()
        if options.write:
            run.write()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
