#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much would the tests and the simulator notice? Plants random slips in the log and in the idempotence
core, one at a time, and runs the unit tests and then seeds of the shipped scenarios until something fails.

Usage: mutants.py [--count 100] [--seed 1] [--seeds 500]. The unit tests come first, for all mutants, and then the
seeds for those that the tests let live. Results are kept in build/mutants/ as they come, so that an interrupted
campaign goes on; --again tries the survivors once more, after a test was added. A survivor that cannot be told from
the original is listed, with its reason, in equivalent.txt beside this file; it does not count. Exit code 1 below
--at-least, or if a survivor is unexplained.
"""
import argparse
import json
import os
import shutil
import signal
import sys
import time

import mutate
import plant
import watched

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOME = os.path.join(ROOT, "build", "mutants")
TREE = os.path.join(HOME, "tree")
BUILD = os.path.join(TREE, "build", "dev")
FOLDERS = ("broker/log", "broker/producer")
# The fast ones first; the model of the idempotence window explores the real code.
TESTS = {"producer_test": "*", "log_test": "*", "log_golden_test": "*", "log_property_test": "*", "server_test": "*",
         "specs_test": "*IdempotenceTest*"}
# What each gets of every hundred seeds; before them four seeds of each green twin in the museum.
SCENARIOS = {"housekeeping": 16, "swarm": 24, "page-cache-only": 10, "flush-every-message": 10, "torn-tail": 10,
             "disk-full": 10, "fsync-gate": 10, "clock-jump": 10}
TWIN_SEEDS = 4
HELD, UNKNOWN = 0, 2  # exit codes; a few seeds of a scenario whose fault seldom strikes prove nothing
STILLBORN = "stillborn"
SLOWER_THAN_BEFORE = 10  # a mutant that takes this many times as long hangs


def prepare():
    """Copies the sources and configures them; a copy of an earlier campaign is brought up to date."""
    keep = shutil.ignore_patterns("build", ".git", "node_modules", "__pycache__")
    for at, folders, names in os.walk(ROOT):
        dropped = keep(at, folders + names)
        folders[:] = [folder for folder in folders if folder not in dropped]
        for name in names:
            if name in dropped:
                continue
            relative = os.path.relpath(os.path.join(at, name), ROOT)
            into = os.path.join(TREE, relative)
            os.makedirs(os.path.dirname(into), exist_ok=True)
            if not os.path.exists(into) or read(into, "rb") != read(os.path.join(ROOT, relative), "rb"):
                shutil.copy(os.path.join(ROOT, relative), into)
    shared = os.path.join(os.path.dirname(ROOT), "shared")
    for command in (["cmake", "--preset", "dev", "--log-level=WARNING", "-DFAULTLINE_BENCH=OFF",
                     f"-DFAULTLINE_SHARED_DIR={shared}"],
                    ["cmake", "--build", "build/dev", "-j1", "--target", "faultline", *TESTS]):
        done = watched.run(command, TREE)
        if done.code != 0:
            sys.exit(f"mutants: the code as it is does not build\n{done.output[-3000:]}")


def read(path, mode="r"):
    with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8"})) as file:
        return file.read()


def seeds_of(arguments):
    """Returns [(scenario, first seed, last seed)], the cheapest first, that make up the seeds of one mutant."""
    museum = sorted(name[:-5] for name in os.listdir(os.path.join(TREE, "scenarios", "museum"))
                    if name.endswith("-twin.json"))
    shares = [(f"museum/{name}", TWIN_SEEDS) for name in museum]
    rest = max(0, arguments.seeds - TWIN_SEEDS * len(museum))
    shares += [(name, rest * share // 100) for name, share in SCENARIOS.items()]
    first, missing = shares[len(museum)], arguments.seeds - sum(count for _, count in shares)
    shares[len(museum)] = (first[0], first[1] + max(0, missing))
    return [(name, arguments.first, arguments.first + count - 1) for name, count in shares if count > 0]


def steps(arguments, stage):
    """Yields (name, program, its arguments) of one stage, "tests" or "seeds"."""
    if stage == "tests":
        for test, names in TESTS.items():
            yield test, test, ["--gtest_brief=1", "--gtest_fail_fast", f"--gtest_filter={names}"]
    else:
        for name, first, last in seeds_of(arguments):
            yield name, "faultline", ["check", f"scenarios/{name}.json", "--seeds", f"{first}..{last}", "--jobs", "1",
                                      "--stop-on", "first"]


def time_steps(arguments, stage):
    """Runs every step on the code as it is. Returns {step: (exit code, CPU seconds that a mutant may take)}."""
    limits, total_s = {}, 0
    for name, program, rest in steps(arguments, stage):
        done = watched.run([os.path.join(BUILD, "bin", program), *rest], TREE)
        if done.code != HELD and not (stage == "seeds" and done.code == UNKNOWN):
            sys.exit(f"mutants: {name} fails without any mutant\n{done.output[-3000:]}")
        limits[name] = (done.code, 10 + SLOWER_THAN_BEFORE * done.cpu_s)
        total_s += done.cpu_s
    print(f"the {stage} take {total_s:.0f} s of a processor without a mutant", flush=True)
    return limits


def judge(planter, mutant, arguments, stage, limits):
    """Returns what killed the mutant in this stage, None if nothing did, or STILLBORN if it does not compile."""
    if not planter.compile(mutant):
        return STILLBORN
    for name, program, rest in steps(arguments, stage):
        if not planter.links_it(program):
            continue
        code, cpu_max_s = limits[name]
        done = watched.run([planter.program(program), *rest], TREE, cpu_max_s)
        if done.code != code:
            return name if done.code is not None else f"{name} (hangs)"
    return None


def equivalents():
    """Returns {key: reason} of equivalent.txt."""
    known = {}
    for line in read(os.path.join(os.path.dirname(os.path.abspath(__file__)), "equivalent.txt")).splitlines():
        if line and not line.startswith("#"):
            key, _, reason = line.rpartition(" | ")
            known[key] = reason
    return known


class Journal:
    """What is known of each mutant: a line for each stage that it went through; the last one counts."""

    def __init__(self, arguments):
        self.path = os.path.join(HOME, f"results-{arguments.seeds}.jsonl")
        self.known = {}
        if os.path.exists(self.path) and not arguments.afresh:
            self.known = {entry["key"]: entry for entry in map(json.loads, read(self.path).splitlines())}
        if arguments.again:
            self.known = {key: entry for key, entry in self.known.items() if entry["killer"]}
        with open(self.path, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(entry) + "\n" for entry in self.known.values())

    def needs(self, mutant, stage):
        entry = self.known.get(mutant.key())
        return entry is None or (stage == "seeds" and entry["stage"] == "tests" and entry["killer"] is None)

    def killer(self, mutant):
        entry = self.known.get(mutant.key())
        return entry and entry["killer"]

    def note(self, mutant, stage, killer, seconds):
        entry = {"key": mutant.key(), "stage": stage, "killer": killer, "seconds": round(seconds, 1)}
        self.known[mutant.key()] = entry
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def campaign(arguments, journal):
    """Returns [(mutant, killer)] of `count` mutants that compile."""
    planter = plant.Planter(TREE, BUILD, os.path.join(HOME, "mutant"), ("faultline", *TESTS))
    living = []
    for stage in ("tests",) if arguments.tests_only else ("tests", "seeds"):
        limits, number = None, 0
        all_drawn = (one for one in mutate.draw(TREE, FOLDERS, arguments.seed) if arguments.like in one.key())
        # Seeds take long: first for those of which nothing is known.
        by_news = sorted(living, key=lambda mutant: mutant.key() in equivalents())
        for mutant in all_drawn if stage == "tests" else by_news:
            if stage == "tests" and len(living) == arguments.count:
                break
            is_new = journal.needs(mutant, stage)
            if is_new:
                limits = limits or time_steps(arguments, stage)
                began = time.monotonic()
                killer = judge(planter, mutant, arguments, stage, limits)
                journal.note(mutant, stage, killer, time.monotonic() - began)
            if journal.killer(mutant) == STILLBORN:
                continue
            number += 1
            if stage == "tests":
                living.append(mutant)
            if is_new:
                verdict = journal.killer(mutant) or f"survives the {stage}"
                print(f"{stage} {number:4}/{arguments.count}  {journal.known[mutant.key()]['seconds']:6.1f} s  "
                      f"{mutant.kind:18}  {verdict:30}  {mutant.path}:{mutant.line}", flush=True)
    return [(mutant, journal.killer(mutant)) for mutant in living]


def table(results, known):
    """One line for each kind: who killed how many."""
    lines = [f"{'':18} {'mutants':>8} {'by tests':>9} {'by seeds':>9} {'equivalent':>11} {'unexplained':>12}"]
    for kind in (*mutate.KINDS, "all"):
        mine = [(mutant, killer) for mutant, killer in results if kind in (mutant.kind, "all")]
        killers = [killer.split()[0] for _, killer in mine if killer]
        by_tests = sum(killer in TESTS for killer in killers)
        equivalent = sum(killer is None and mutant.key() in known for mutant, killer in mine)
        lines.append(f"{kind:18} {len(mine):8} {by_tests:9} {len(killers) - by_tests:9} {equivalent:11} "
                     f"{len(mine) - len(killers) - equivalent:12}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="mutants that compile")
    parser.add_argument("--seed", type=int, default=1, help="of the draw of mutants")
    parser.add_argument("--seeds", type=int, default=500, help="simulated runs for each, over all scenarios")
    parser.add_argument("--first", type=int, default=1, help="first seed of these")
    parser.add_argument("--tests-only", action="store_true", help="leave the seeds out: minutes, not an hour")
    parser.add_argument("--like", default="", metavar="TEXT",
                        help="only mutants with TEXT in `path | line | as mutated`")
    parser.add_argument("--at-least", type=float, default=85, help="per cent that must be killed")
    parser.add_argument("--again", action="store_true", help="try the survivors of an earlier campaign once more")
    parser.add_argument("--afresh", action="store_true", help="forget the results of an earlier campaign")
    arguments = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))  # so that nothing of it runs on
    os.makedirs(HOME, exist_ok=True)
    prepare()
    results, known = campaign(arguments, Journal(arguments)), equivalents()
    survivors = [mutant for mutant, killer in results if killer is None]
    killed = len(results) - len(survivors)
    for mutant in survivors:
        print(f"\nsurvivor {mutant.path}:{mutant.line}\n  - {mutant.before}\n  + {mutant.after}\n"
              f"  {known.get(mutant.key(), 'UNEXPLAINED')}")
    share = 100 * killed / max(1, len(results))
    unexplained = sum(mutant.key() not in known for mutant in survivors)
    print(f"\n{table(results, known)}\n\n{killed} of {len(results)} mutants killed ({share:.0f} %); "
          f"{len(survivors) - unexplained} survivors equivalent, {unexplained} unexplained")
    return 0 if share >= arguments.at_least and unexplained == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
