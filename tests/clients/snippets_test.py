# SPDX-License-Identifier: Apache-2.0
"""Small programs as newcomers copy them from tutorials, right or wrong, do here what they do with Apache Kafka.

Goal: each gives the output, or the Python exception, that a recording of Apache Kafka 4.1 has for this client. Method: the
programs run byte for byte against a fresh broker on localhost:9092 that holds one record; those that need what the broker
does not have yet are skipped with that word. The programs and the recording are test data; without them this is skipped.
"""
import glob
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

import kafka
from client_case import NOT_YET
from real_broker import Broker

SHARED = pathlib.Path(os.environ.get("FAULTLINE_SHARED_DIR", pathlib.Path(__file__).resolve().parents[3] / "shared"))
FOLDER = SHARED / "data" / "tutorial-snippets"
RECORDING = FOLDER / f"kafka-python-{kafka.__version__}.json"
PORT = 9092
if not RECORDING.exists():
    print(f"skipped: no recording of Apache Kafka with kafka-python {kafka.__version__}")
    sys.exit(77)
with socket.socket() as probe:
    if probe.connect_ex(("127.0.0.1", PORT)) == 0:
        print(f"skipped: port {PORT} is in use, and the programs want it")
        sys.exit(77)


class Program:
    def __init__(self, path):
        self.process = subprocess.Popen([sys.executable, "-u", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def outcome(self, seconds):
        """As the recordings say it; one that still waits is killed."""
        try:
            out, error = self.process.communicate(timeout=seconds)
            code = self.process.returncode
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, error = self.process.communicate()
            code = "killed while waiting"
        last = error.strip().splitlines()[-1:] if code == 1 else []
        return {"exit": code, "stdout": out.splitlines(), "exception": last[0] if last else None}


class Snippets(unittest.TestCase):
    def test_the_program_in_our_readme_does_what_it_says(self):
        readme = (pathlib.Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
        block = re.search(r"pip install kafka-python`:\n\n((?:    .*\n)+)", readme)[1]
        with Broker(os.environ["FAULTLINE_BROKER"], port=PORT), tempfile.NamedTemporaryFile("w", suffix=".py") as file:
            file.write(textwrap.dedent(block))
            file.flush()
            wanted = {"exit": "killed while waiting", "stdout": ["hello kafka"], "exception": None}
            self.assertEqual(Program(file.name).outcome(10), wanted)

    def run_snippet(self, number):
        """What each of its programs did."""
        with Broker(os.environ["FAULTLINE_BROKER"], port=PORT):
            producer = kafka.KafkaProducer(bootstrap_servers=f"localhost:{PORT}")
            producer.send("test_topic", b"made before").get(10)
            producer.close()
            both = FOLDER / f"{number}-both.py"
            if both.exists():
                return {"both": Program(both).outcome(8)}
            consumer = Program(FOLDER / f"{number}-consumer.py")
            time.sleep(5)
            outcome = {"producer": Program(FOLDER / f"{number}-producer.py").outcome(20)}
            outcome["consumer"] = consumer.outcome(4)
            return outcome

    def test_each_does_what_it_does_with_apache_kafka(self):
        runs = json.loads(RECORDING.read_text(encoding="utf-8"))["runs"]
        self.assertTrue(runs)
        for wanted in runs:
            number = wanted.pop("snippet")
            text = "".join(pathlib.Path(path).read_text(encoding="utf-8") for path in glob.glob(str(FOLDER / f"{number}-*.py")))
            with self.subTest(number):
                if "group_id" in text and "group" in NOT_YET:
                    print(f"{number}: {NOT_YET['group']}")
                    continue
                self.assertEqual(self.run_snippet(number), wanted)
                print(f"{number}: as with Apache Kafka")


unittest.main()
