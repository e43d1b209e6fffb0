# SPDX-License-Identifier: Apache-2.0
"""The draw of mutants: which slips are planted where, and that the draw repeats."""
import os
import tempfile
import unittest

import mutate

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CODE = """// if (comment) is left alone
Result<void> Log::cut(Offset end) {
  ASSERT(end >= 0);
  if (end > log_end_offset_) return fail("if (text) too");
  for (int i = 0; i < 3; ++i) count_ += i;
  log_end_offset_ = end;
  CO_TRY(co_await sync());
  const Offset next = end + 1;
  return next == 7;
}
"""


class Mutate(unittest.TestCase):
    def after(self, kind):
        return [mutant.after for mutant in mutate.mutants_of("x.cc", CODE) if mutant.kind == kind]

    def test_conditions_are_negated(self):
        self.assertEqual(self.after("negated condition"),
                         ['if (!(end > log_end_offset_)) return fail("if (text) too");', "return next != 7;"])

    def test_bounds_and_steps_are_off_by_one(self):
        self.assertEqual(self.after("off by one"),
                         ['if (end >= log_end_offset_) return fail("if (text) too");',
                          "for (int i = 0; i <= 3; ++i) count_ += i;", "const Offset next = end + 0;"])

    def test_whole_statements_are_dropped_and_declarations_are_not(self):
        self.assertEqual(self.after("dropped statement"), [";", ";"])

    def test_a_mutant_changes_its_own_place_only(self):
        for mutant in mutate.mutants_of("x.cc", CODE):
            changed = CODE[:mutant.start] + mutant.replacement + CODE[mutant.end:]
            different = [a for a, b in zip(CODE.split("\n"), changed.split("\n")) if a != b]
            self.assertEqual([line.strip() for line in different], [mutant.before])

    def test_the_draw_repeats_and_differs_between_seeds(self):
        def first(seed):
            return [mutant.key() for mutant, _ in zip(mutate.draw(ROOT, ("broker/producer",), seed), range(20))]
        self.assertEqual(first(1), first(1))
        self.assertNotEqual(first(1), first(2))

    def test_the_draw_stays_when_other_code_changes(self):
        def drawn(code):
            with tempfile.TemporaryDirectory() as root:
                os.mkdir(os.path.join(root, "a"))
                with open(os.path.join(root, "a", "x.cc"), "w", encoding="utf-8") as file:
                    file.write(code)
                return [mutant.key() for mutant in mutate.draw(root, ("a",), 1) if mutant.kind == "off by one"]
        more = drawn(CODE + "bool f(int i) { return i < 8; }\n")
        self.assertEqual([key for key in more if "i < 8" not in key and "i <= 8" not in key], drawn(CODE))


if __name__ == "__main__":
    unittest.main()
