#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: on one node our broker answers as Apache Kafka 4.1 does, on a real port and in the simulator.
Method: seeded client operations, legal and not, go to all three in step; every field of every answer that is no time, no
id and no host is compared (kafka_differential). What is meant to differ is in known_differences.cc.

Usage: differential_test.py BIN_DIRECTORY JARS_DIRECTORY [--seeds A..B] [--operations N]
Skips (exit code 77) where there is no JDK 17 or no jars; each seed starts both brokers anew.
"""
import argparse
import pathlib
import signal
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "support"))
from apache_kafka import ApacheKafka, reason_to_skip  # noqa: E402
from real_broker import Broker  # noqa: E402

# For all three. Records carry times of 2024, which must not be too old to keep.
CONFIGS = {"auto.create.topics.enable": "false", "log.retention.ms": "-1", "group.initial.rebalance.delay.ms": "0",
           "offsets.topic.num.partitions": "4"}


def run_seed(options, seed):
    with ApacheKafka(options.jars, heap="512m", properties=CONFIGS) as kafka:
        kafka.start()
        settings = [f"{name}={value}" for name, value in CONFIGS.items()]
        with Broker(f"{options.bin}/faultline-broker", *[word for one in settings for word in ("--set", one)]) as ours:
            done = subprocess.run([f"{options.bin}/kafka_differential", str(kafka.port), str(ours.port), str(seed),
                                   str(options.operations), *settings])
            print(f"seed {seed}: exit code {done.returncode}", flush=True)
            if done.returncode not in (0, 1):
                print("".join(ours.lines[-5:]), kafka.output())
            return done.returncode


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bin")
    parser.add_argument("jars")
    parser.add_argument("--seeds", default="1..2")
    parser.add_argument("--operations", type=int, default=400)
    options = parser.parse_args()
    reason = reason_to_skip(options.jars)
    if reason:
        print(f"skipped: {reason}")
        return 77
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that both brokers end too
    first, _, last = options.seeds.partition("..")
    codes = [run_seed(options, seed) for seed in range(int(first), int(last or first) + 1)]
    return 0 if not any(codes) else 1


if __name__ == "__main__":
    sys.exit(main())
