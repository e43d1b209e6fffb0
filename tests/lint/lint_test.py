# SPDX-License-Identifier: Apache-2.0
"""Each rule over samples: what it must catch, and what it must leave alone.

A lint that finds nothing in a tidy tree proves nothing; these samples prove that every rule can fail.
"""
import unittest

import coroutines
import documents
import identifiers
import layers
import openings
import sizes
from source import code_only


class RuleTest(unittest.TestCase):
    def catches(self, rule, path, text, word=""):
        found = list(rule.check(path, text))
        self.assertTrue(any(word in message for _, message in found), f"not caught in {path}: {text}")

    def accepts(self, rule, path, text):
        self.assertEqual([], list(rule.check(path, text)), f"in {path}: {text}")


class Source(unittest.TestCase):
    def test_blanks_what_is_not_code_and_keeps_the_lines(self):
        text = 'int a; // rand()\nf("rand() \\" //");\n/* x\ny */ R"(rand(\n))" \'"\' 1\'000 b\n'
        code = code_only(text)
        self.assertNotIn("rand", code)
        self.assertEqual(text.count("\n"), code.count("\n"))
        self.assertIn("1'000 b", code)


class Layers(RuleTest):
    def test_catches_includes_against_the_table(self):
        for path, include in (
                ("broker/base/x.cc", '"broker/env/task.h"'),
                ("broker/wire/x.cc", '"broker/log/log.h"'),
                ("broker/client/x.cc", '"broker/server/server.h"'),
                ("broker/server/x.cc", '"sim/kernel/kernel.h"'),
                ("sim/net/x.cc", '"broker/wire/batch.h"'),
                ("sim/check/x.cc", '"sim/kernel/kernel.h"'),
                ("broker/base/x.cc", "<zlib.h>"),
                ("broker/server/x.cc", "<sys/socket.h>"),
                ("sim/kernel/x.cc", "<boost/graph/graph.hpp>"),
                ("scenarios/x.h", "<nlohmann/json.hpp>"),
                ("broker/surprise/x.cc", "<vector>")):
            self.catches(layers, path, f"#include {include}\n")

    def test_accepts_what_the_table_names(self):
        for path, include in (
                ("broker/base/x.cc", "<xxhash.h>"),
                ("broker/wire/deep/x.cc", '"broker/wire/batch.h"'),
                ("broker/log/x.cc", '"broker/wire/batch.h"'),
                ("sim/kernel/x.h", "<fmt/format.h>"),
                ("scenarios/x.cc", "<nlohmann/json.hpp>"),
                ("tests/sim/x.cc", "<gtest/gtest.h>"),
                ("analysis/x.cc", '"scenarios/run.h"')):
            self.accepts(layers, path, f"#include {include}\n")


class Identifiers(RuleTest):
    def test_catches_each_banned_identifier(self):
        for code in (
                "std::random_device d;", "int x = rand();", "srandom(7);", "std::mt19937 g;", "std::shuffle(a, b, g);",
                "std::uniform_int_distribution<int> d;", "auto t = std::chrono::system_clock::now();",
                "steady_clock::now();", "clock_gettime(0, &t);", "localtime_r(&t, &tm);", "usleep(3);",
                "std::this_thread::sleep_for(1s);",
                "std::thread t;", "std::mutex m;", "std::atomic<int> a;", "thread_local int x;", "t.detach();",
                'getenv("HOME");', "std::locale l;", "std::shared_ptr<int> p;", "std::make_shared<int>(1);",
                "friend class Other;", "throw 1;", "#ifdef NDEBUG", "if (is_simulated()) {}", "auto x = std::log2(y);",
                "std::hash<int> h;", "reinterpret_cast<uintptr_t>(p);", "std::cout << 1;",
                'fmt::format("{:p}", p);', 'printf("%p", p);', "fmt::ptr(p);",
                "std::unordered_map<int, int> seen_;\nvoid f() { for (auto& [k, v] : seen_) g(k); }",
                "std::unordered_set<int> seen_;\nauto f() { return *seen_.begin(); }"):
            self.catches(identifiers, "broker/log/x.cc", code)
            self.accepts(identifiers, "tests/log/x.cc", code)

    def test_accepts_words_that_only_look_alike(self):
        for code in (
                "// a thread, rand() and std::mutex in a comment", 'log("throw");', "void random_bytes(int n);",
                "operand(1);", "int time = 3;", "friend bool operator==(A, A);",
                "class Element { friend class List; };\nclass List {};", "int clock_skew;",
                "std::unordered_map<int, int> seen_;\nauto f() { return seen_.find(1); }",
                "std::map<int, int> seen_;\nvoid f() { for (auto& x : seen_) g(x); }"):
            self.accepts(identifiers, "sim/kernel/x.cc", code)

    def test_exempts_the_real_runtime_from_clocks_but_not_from_ownership(self):
        self.accepts(identifiers, "broker/runtime/clock.cc", "std::chrono::steady_clock::now();")
        self.catches(identifiers, "broker/runtime/clock.cc", "std::shared_ptr<int> p;")


class Coroutines(RuleTest):
    def test_catches_the_hazards(self):
        for code, word in (
                ("f(co_await a(), co_await b());", "twice"),
                ("if (co_await a() && co_await b()) return;", "twice"),
                ("auto x = c ? co_await a() : d;", "?:"),
                ("switch (co_await a()) { case 1: return; }", "switch"),
                ("Opts o{.name = co_await a()};", "designated"),
                ("co_await f({1, 2});", "aggregate"),
                ("co_await f(Options{1, 2});", "aggregate"),
                ("auto r = co_await net.send(1, Message{.a = 1});", "aggregate"),
                ("co_await run([x]() { return x; });", "lambda"),
                ("scope.spawn([this]() -> Task<void> { co_return; }());", "capturing")):
            self.catches(coroutines, "broker/server/x.cc", f"Task<void> g() {{\n  {code}\n}}\n", word)

    def test_accepts_the_recommended_forms(self):
        for code in (
                "Options o{1, 2};\n  co_await f(o);",
                "auto x = co_await a();\n  auto y = co_await b();",
                "if (co_await a()) {\n    co_await b();\n  } else {\n    co_await c();\n  }",
                "while (auto x = co_await a()) { use({1, 2}); co_await b(); }",
                "for (int i = 0; i < n; ++i) co_await a(i);",
                "CO_TRY(co_await a());",
                "CO_TRY_ASSIGN(auto x, co_await a(std::move(y), z[1]));",
                "int c = a ? b : d;\n  co_await f(c);",
                "auto r = co_await with_deadline(timers, Instant{5}, wait());",
                "int one = co_await []() -> Task<int> { co_return 1; }();",
                "Awaiter operator co_await() && { return Awaiter{handle_}; }"):
            self.accepts(coroutines, "broker/server/x.cc", f"Task<void> g() {{\n  {code}\n}}\n")

    def test_catches_borrowed_parameters(self):
        for parameters in ("const std::string& name", "int a, Slice&& s", "std::string_view name"):
            self.catches(coroutines, "broker/server/x.cc", f"Task<Result<int>> C::f({parameters}) {{ co_return 1; }}", "borrows")
        for parameters in ("std::string name", "Env& env", "Hand* hand", ""):
            self.accepts(coroutines, "broker/server/x.cc", f"Task<int> C::f({parameters}) {{ co_return 1; }}")

    def test_lets_a_plain_function_borrow_what_it_makes_a_task_of(self):
        makes = "Task<int> C::f(const Request& request) { if (a) { b(); } return finish(encode(request)); }"
        self.accepts(coroutines, "broker/server/x.cc", makes + " Task<int> g() { co_return 1; }")
        self.catches(coroutines, "broker/server/x.cc", makes.replace("b();", "co_await b();"), "borrows")

    def test_says_the_line(self):
        self.assertEqual(3, next(coroutines.check("x.cc", "Task<int> g() {\n  int a;\n  f(co_await a, co_await b);\n}"))[0])


class Sizes(RuleTest):
    def check(self, path, text, exceptions=None):
        return [message for _, message in sizes.check(path, text, exceptions or {})]

    def test_limits_files(self):
        self.assertEqual([], self.check("a.cc", "\n" * 400))
        self.assertIn("at most 400", self.check("a.cc", "\n" * 401)[0])
        self.assertIn("at most 150", self.check("a.h", "\n" * 151)[0])

    def test_an_exception_may_only_shrink_and_has_a_hard_stop(self):
        self.assertEqual([], self.check("a.cc", "\n" * 450, {"a.cc": 450}))
        self.assertIn("at most 450", self.check("a.cc", "\n" * 451, {"a.cc": 450})[0])
        self.assertIn("lower", self.check("a.cc", "\n" * 449, {"a.cc": 450})[0])
        self.assertIn("remove", self.check("a.cc", "\n" * 400, {"a.cc": 450})[0])
        self.assertIn("hard stop", self.check("a.cc", "\n" * 601, {"a.cc": 601})[0])

    def test_limits_functions(self):
        long = "{" + "\n" * 70 + "}"
        for head in ("void f(int a) ", "namespace n {\nint C::f(A<int> a) const noexcept ", "C::C(int a) : a_(a) ",
                     "TEST(A, b) ", "template <class T>\nTask<T> f(T a) ", "class C {\n bool operator==(C) const ",
                     "constexpr int f(int a = 3) "):
            self.assertIn("at most 70", " ".join(self.check("a.cc", head + long)), head)
        self.assertEqual([], self.check("a.cc", "void f() {" + "\n" * 69 + "}"))

    def test_leaves_data_and_types_alone(self):
        long = "{" + "\n" * 90 + "}"
        for head in ("namespace a ", "class C : public B<int(int)> ", "constexpr int kTable[] = ", "enum class E : int ",
                     "constexpr auto kRows = std::to_array<Row>(",
                     "const std::array<int (*)(), 3> kTable = ", "template <class T = A<int>>\nstruct S "):
            self.assertEqual([], self.check("a.cc", head + long + ";"), head)


class Openings(RuleTest):
    GOOD = "// SPDX-License-Identifier: Apache-2.0\n// What it is.\n#pragma once\n"

    def test_catches_a_missing_licence_purpose_or_guard(self):
        self.accepts(openings, "a.h", self.GOOD)
        self.catches(openings, "a.h", self.GOOD.replace("SPDX", "SPX"), "first line")
        self.catches(openings, "a.h", self.GOOD.replace("// What it is.\n", ""), "what this file is for")
        self.catches(openings, "a.h", self.GOOD.replace("#pragma once", ""), "#pragma once")
        licence = self.GOOD.split("\n")[0] + "\n"
        self.accepts(openings, "a/b.cc", licence + '#include "a/b.h"\n')
        self.catches(openings, "a/b.cc", licence + '#include "a/c.h"\n', "what this file is for")
        self.catches(openings, "a.cc", self.GOOD + "// TODO: later\n", "issue")


class Documents(unittest.TestCase):
    def test_catches_paths_of_a_machine(self):
        for text in ("see /home/ann/x", "in /work" + "/main", "`/root/a`"):
            self.assertEqual(1, len(list(documents.check_text(text))), text)

    def test_accepts_public_paths(self):
        for text in ("build/work/x", "https://a.org/home/x", "${A}/root/x", "and/or", "/tmp/run", "../work/x"):
            self.assertEqual([], list(documents.check_text(text)), text)

    def test_limits_a_readme(self):
        self.assertEqual([], list(documents.check_readme("# A\n" * 120)))
        self.assertEqual(1, len(list(documents.check_readme("# A\n" * 121))))
        self.assertEqual(1, len(list(documents.check_readme("no title\n"))))

    def test_holds_named_tests_to_the_sources(self):
        tests = documents.tests_in("TEST(Log, reads) {\nTEST_F(LogTest,\n       rolls_at_once) {")
        self.assertEqual([], list(documents.check_named_tests("`Log.reads`, `LogTest.rolls_at_once`, `log.h`", tests)))
        self.assertEqual([(2, "there is no test `Log.writes`")],
                         list(documents.check_named_tests("|\n| `Log.writes` |", tests)))


if __name__ == "__main__":
    unittest.main()
