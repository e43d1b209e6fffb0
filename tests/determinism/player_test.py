#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The small player of seeds prints what `faultline check --fingerprints` prints, and refuses what is no good.

Usage: player_test.py PLAY_SEEDS FAULTLINE
"""
import os
import subprocess
import sys
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLAYER, FAULTLINE = "", ""


def ask(*command):
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


class Player(unittest.TestCase):
    def test_prints_the_lines_of_check(self):
        scenario = "scenarios/torn-tail.json"
        own = ask(PLAYER, scenario, "7..9")
        theirs = ask(FAULTLINE, "check", scenario, "--seeds", "7..9", "--fingerprints", "--jobs", "1")
        self.assertEqual((0, 3), (own.returncode, len(own.stdout.splitlines())))
        self.assertEqual(theirs.stdout, own.stdout)

    def test_refuses_what_is_no_good(self):
        for arguments in ((), ("scenarios/torn-tail.json",), ("scenarios/torn-tail.json", "9..7"),
                          ("scenarios/torn-tail.json", "1..x"), ("no such file", "1..2"), ("README.md", "1..2")):
            done = ask(PLAYER, *arguments)
            self.assertEqual((64, ""), (done.returncode, done.stdout), arguments)
            self.assertNotEqual("", done.stderr, arguments)


if __name__ == "__main__":
    PLAYER, FAULTLINE = sys.argv[1:3]
    unittest.main(argv=sys.argv[:1])
