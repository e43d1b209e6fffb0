# SPDX-License-Identifier: Apache-2.0
"""The comparison itself: it must see a difference, a missing seed and a run that differs from itself."""
import unittest

from compare import REFERENCE, judge


class Judge(unittest.TestCase):
    SAME = ({1: {"aa held"}, 2: {"bb held"}}, None)

    def verdict(self, result):
        cells, complaints = judge("x", "1..2", {REFERENCE: self.SAME, "g++": result})
        self.assertEqual("equal", cells[REFERENCE])
        return cells["g++"], complaints

    def test_accepts_equal_runs(self):
        self.assertEqual(("equal", []), self.verdict(self.SAME))

    def test_sees_another_fingerprint_or_verdict(self):
        for other in ("cc held", "bb violated"):
            cell, complaints = self.verdict(({1: {"aa held"}, 2: {other}}, None))
            self.assertEqual("1 differ", cell)
            self.assertIn("--seed 2", complaints[0])

    def test_sees_a_missing_seed(self):
        self.assertEqual("1 differ", self.verdict(({1: {"aa held"}}, None))[0])

    def test_sees_a_seed_that_differs_from_itself(self):
        self.assertEqual("1 differ", self.verdict(({1: {"aa held", "cc held"}, 2: {"bb held"}}, None))[0])

    def test_sees_a_crash(self):
        self.assertNotEqual("equal", self.verdict((self.SAME[0], "exit code -6"))[0])

    def test_a_reference_without_output_is_no_agreement(self):
        cells, _ = judge("x", "1..2", {REFERENCE: ({}, None)})
        self.assertEqual("2 differ", cells[REFERENCE])


if __name__ == "__main__":
    unittest.main()
