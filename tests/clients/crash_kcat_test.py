# SPDX-License-Identifier: Apache-2.0
"""kill -9 under load, twenty times, with kcat, whose producer is not idempotent.

Goal: what a kcat wrote that had ended well is there, and once if the broker did not die meanwhile; a kcat that met the
kill may repeat records but loses none. Method: each round, one kcat writes to its end; another is writing when the broker
is killed, and goes on when it is back; all is read in the end.
"""
import collections
import os
import random
import subprocess
import time
import unittest

from real_broker import Broker

ROUNDS = 20


def lines_of(name, count):
    return [f"{name}-{number} {'x' * (number % 300)}" for number in range(count)]


class Crash(unittest.TestCase):
    def start_kcat(self, address):
        return subprocess.Popen(["kcat", "-b", address, "-P", "-E", "-t", "t", "-X", "message.timeout.ms=120000",
                                 "-X", "reconnect.backoff.max.ms=100", "-X", "retry.backoff.ms=20", "-X", "linger.ms=2"],
                                stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True)

    def test_nothing_flushed_is_lost(self):
        draw = random.Random(2)
        once, at_least_once = [], []
        with Broker(os.environ["FAULTLINE_BROKER"], "--set", "log.segment.bytes=2000000") as broker:
            for number in range(ROUNDS):
                calm = lines_of(f"calm{number}", 1_000)
                kcat = self.start_kcat(broker.address)
                kcat.communicate("\n".join(calm), timeout=60)
                self.assertEqual(kcat.returncode, 0)
                once += calm
                storm = lines_of(f"storm{number}", 20_000)
                kcat = self.start_kcat(broker.address)
                cut = draw.randrange(1_000, len(storm))
                kcat.stdin.write("\n".join(storm[:cut]) + "\n")
                kcat.stdin.flush()
                time.sleep(draw.uniform(0, 0.05))
                broker.kill()
                kcat.stdin.write("\n".join(storm[cut:]))
                broker.start()
                kcat.communicate(timeout=120)
                self.assertEqual(kcat.returncode, 0)
                at_least_once += storm
            out = subprocess.run(["kcat", "-b", broker.address, "-C", "-t", "t", "-e", "-q"], check=True, text=True,
                                 capture_output=True, timeout=120).stdout
        counts = collections.Counter(out.splitlines())
        self.assertEqual([line for line in once if counts[line] != 1], [])
        self.assertEqual([line for line in at_least_once if counts[line] < 1], [])
        self.assertEqual(len(counts), len(once) + len(at_least_once))
        doubled = sum(counts.values()) - len(counts)
        print(f"{ROUNDS} kills, {len(counts)} records, none missing; {doubled} repeated by the producer's own retries")


unittest.main()
