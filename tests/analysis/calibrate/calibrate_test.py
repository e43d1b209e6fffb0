#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Goal: `faultline calibrate` measures the real broker over a port, and a scenario runs under what it wrote.
Method: a broker on loopback, a few seconds of loads, a run; then the ways in which it cannot work.

Usage: calibrate_test.py FAULTLINE FAULTLINE_BROKER
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from real_broker import Broker  # noqa: E402

FAULTLINE, BROKER = sys.argv.pop(1), sys.argv.pop(1)
SCENARIO = """{ "cluster": { "brokers": ["b1"], "profile": "./profile.json" }, "topics": { "t": {} },
  "clients": [ { "id": "p1", "type": "producer", "topic": "t" }, { "id": "c1", "type": "consumer", "topic": "t" } ],
  "until": { "time": "5s" } }"""


def faultline(*arguments):
    return subprocess.run([FAULTLINE, *arguments], capture_output=True, text=True, timeout=120)


class Calibrate(unittest.TestCase):
    def test_a_scenario_runs_under_what_was_measured(self):
        with tempfile.TemporaryDirectory() as folder, Broker(BROKER) as broker:
            profile = os.path.join(folder, "profile.json")
            done = faultline("calibrate", "--bootstrap", broker.address, "--pid", str(broker.process.pid), "--seconds", "3",
                             "--out", profile, "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("measuring round trips", done.stderr)
            found = json.loads(done.stdout)
            written = json.loads(pathlib.Path(profile).read_text(encoding="utf-8"))
            self.assertEqual(found["profile"], written)
            costs = written["cpu"]["costs"]
            # A request takes between a microsecond and a millisecond on any machine that can run this.
            self.assertTrue(10**6 < costs["request_ps"] < 10**9, costs)
            self.assertEqual(set(written["network"]["latency"]) & {"p0", "p50", "p99", "p100"}, {"p0", "p50", "p99", "p100"})
            self.assertIn("p50", written["disk"]["fsync"])
            self.assertEqual([name for name in os.listdir(broker.data) if name.startswith("faultline-calibrate")
                              and not name.endswith("-delete")], [], "its topics are gone")
            scenario = os.path.join(folder, "s.json")
            pathlib.Path(scenario).write_text(SCENARIO, encoding="utf-8")
            run = faultline("run", scenario)
            self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
            self.assertTrue(run.stdout.startswith("HELD"), run.stdout)
            plain = faultline("run", scenario, "--set", 'cluster={"brokers": ["b1"]}')
            self.assertNotEqual(plain.stdout.splitlines()[0], run.stdout.splitlines()[0], "the profile has changed the run")

    def test_what_cannot_be_measured_is_said(self):
        for arguments, code, words in [
                (["--bootstrap", "127.0.0.1:1"], 66, "connection refused"),
                (["--bootstrap", "no-port"], 64, "bootstrap"),
                ([], 64, "--bootstrap is required"),
                (["--bootstrap", "127.0.0.1:1", "--seconds", "0"], 64, "--seconds"),
                (["--bootstrap", "127.0.0.1:1", "--second", "9"], 64, "--second"),
                (["--bootstrap", "127.0.0.1:1", "--pid", "99999999"], 66, "no process 99999999")]:
            done = faultline("calibrate", *arguments)
            self.assertEqual(done.returncode, code, (arguments, done.stderr))
            self.assertIn(words, done.stderr)
            self.assertEqual(done.stdout, "")


if __name__ == "__main__":
    unittest.main()
