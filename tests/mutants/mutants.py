#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much would the tests and the simulator notice? Plants random slips in the log and in the idempotence
core, one at a time in a copy of the sources, and runs the unit tests and then seeds of the shipped scenarios.

Usage: mutants.py [--count 100] [--seed 1] [--seeds 500]. Results are kept in build/mutants/ as they come, so that an
interrupted campaign goes on. A survivor that cannot be told from the original is listed, with its reason, in
equivalent.txt beside this file; it does not count. Exit code 1 below --at-least, or if a survivor is unexplained.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import time

import mutate

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOME = os.path.join(ROOT, "build", "mutants")
TREE = os.path.join(HOME, "tree")
BIN = os.path.join(TREE, "build", "dev", "bin")
FOLDERS = ("broker/log", "broker/producer")
TESTS = ("producer_test", "log_test", "log_golden_test", "log_property_test")
SCENARIOS = ("torn-tail", "fsync-gate", "first-light", "flush-every-message", "disk-full", "page-cache-only",
             "clock-jump")
SLOWER_THAN_BEFORE = 10  # a mutant that takes this many times as long hangs


def run(command, timeout_s=None):
    """Returns (exit code or None after the timeout, output)."""
    try:
        done = subprocess.run(command, cwd=TREE, timeout=timeout_s, check=False, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout
    except subprocess.TimeoutExpired as expired:
        return None, str(expired.stdout or "")


def prepare():
    """Copies the sources and configures them; a copy of an earlier campaign is brought up to date."""
    keep = shutil.ignore_patterns("build", ".git", "node_modules", "__pycache__")
    wanted = set()
    for at, folders, names in os.walk(ROOT):
        dropped = keep(at, folders + names)
        folders[:] = [folder for folder in folders if folder not in dropped]
        for name in names:
            if name in dropped:
                continue
            relative = os.path.relpath(os.path.join(at, name), ROOT)
            wanted.add(relative)
            into = os.path.join(TREE, relative)
            os.makedirs(os.path.dirname(into), exist_ok=True)
            if not os.path.exists(into) or read(into, "rb") != read(os.path.join(ROOT, relative), "rb"):
                shutil.copy(os.path.join(ROOT, relative), into)
    code, output = run(["cmake", "--preset", "dev", "--log-level=WARNING", "-DFAULTLINE_BENCH=OFF",
                        f"-DFAULTLINE_SHARED_DIR={os.path.join(os.path.dirname(ROOT), 'shared')}"])
    if code != 0:
        sys.exit(f"mutants: cannot configure {TREE}\n{output}")


def read(path, mode="r"):
    with open(path, mode, **({} if "b" in mode else {"encoding": "utf-8"})) as file:
        return file.read()


def build():
    code, output = run(["cmake", "--build", "build/dev", "--target", "faultline", *TESTS])
    return code == 0, output


def steps(first_seed, seeds):
    """Yields (name, command): the unit tests, then the seeds, shared out among the scenarios."""
    for test in TESTS:
        yield test, [f"{BIN}/{test}", "--gtest_brief=1", "--gtest_fail_fast"]
    share, rest = divmod(seeds, len(SCENARIOS))
    for index, scenario in enumerate(SCENARIOS):
        count = share + (index < rest)
        if count > 0:
            yield scenario, [f"{BIN}/faultline", "check", f"scenarios/{scenario}.json", "--seeds",
                             f"{first_seed}..{first_seed + count - 1}"]


def time_steps(arguments):
    """Runs every step on the code as it is; they must pass, and their times bound those of the mutants."""
    built, output = build()
    if not built:
        sys.exit(f"mutants: the code as it is does not build\n{output[-3000:]}")
    limits = {}
    for name, command in steps(arguments.first, arguments.seeds):
        began = time.monotonic()
        code, output = run(command)
        if code != 0:
            sys.exit(f"mutants: {name} fails without any mutant\n{output[-3000:]}")
        limits[name] = 20 + SLOWER_THAN_BEFORE * (time.monotonic() - began)
    return limits


def judge(mutant, arguments, limits):
    """Returns what killed the mutant, None if nothing did, or 'stillborn' if it does not compile."""
    path = os.path.join(TREE, mutant.path)
    original = read(path)
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(original[:mutant.start] + mutant.replacement + original[mutant.end:])
        if not build()[0]:
            return "stillborn"
        for name, command in steps(arguments.first, arguments.seeds):
            code, _ = run(command, limits[name])
            if code != 0:
                return name if code is not None else f"{name} (hangs)"
        return None
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(original)


def equivalents():
    """Returns {key: reason} of equivalent.txt."""
    known = {}
    for line in read(os.path.join(os.path.dirname(os.path.abspath(__file__)), "equivalent.txt")).splitlines():
        if line and not line.startswith("#"):
            key, _, reason = line.rpartition(" | ")
            known[key] = reason
    return known


def campaign(arguments):
    """Returns [(mutant, killer)] of `count` mutants that compile, taking known results from the journal."""
    journal = os.path.join(HOME, f"seed-{arguments.seed}-{arguments.seeds}.jsonl")
    known = {}
    if os.path.exists(journal) and not arguments.afresh:
        known = {entry["key"]: entry["killer"] for entry in map(json.loads, read(journal).splitlines())}
    limits, results = None, []
    with open(journal, "a" if known else "w", encoding="utf-8") as log:
        for mutant in mutate.draw(ROOT, FOLDERS, arguments.seed):
            if len(results) == arguments.count:
                break
            if mutant.key() not in known:
                limits = limits or time_steps(arguments)
                known[mutant.key()] = judge(mutant, arguments, limits)
                log.write(json.dumps({"key": mutant.key(), "killer": known[mutant.key()]}) + "\n")
                log.flush()
            if known[mutant.key()] == "stillborn":
                continue
            results.append((mutant, known[mutant.key()]))
            print(f"{len(results):4}  {mutant.path}:{mutant.line}  {mutant.kind:18}  "
                  f"{known[mutant.key()] or 'SURVIVED'}", flush=True)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="mutants that compile")
    parser.add_argument("--seed", type=int, default=1, help="of the draw of mutants")
    parser.add_argument("--seeds", type=int, default=500, help="simulated runs for each, over all scenarios")
    parser.add_argument("--first", type=int, default=1, help="first seed of these")
    parser.add_argument("--at-least", type=float, default=85, help="per cent that must be killed")
    parser.add_argument("--afresh", action="store_true", help="forget the results of an earlier campaign")
    arguments = parser.parse_args()

    os.makedirs(HOME, exist_ok=True)
    prepare()
    results, known = campaign(arguments), equivalents()
    survivors = [mutant for mutant, killer in results if killer is None]
    by_tests = sum(killer is not None and killer.split()[0] in TESTS for _, killer in results)
    killed = len(results) - len(survivors)
    for mutant in survivors:
        print(f"\nsurvivor {mutant.path}:{mutant.line}\n  - {mutant.before}\n  + {mutant.after}\n"
              f"  {known.get(mutant.key(), 'UNEXPLAINED')}")
    share = 100 * killed / max(1, len(results))
    unexplained = sum(mutant.key() not in known for mutant in survivors)
    print(f"\n{killed} of {len(results)} mutants killed ({share:.0f} %): {by_tests} by unit tests, "
          f"{killed - by_tests} by seeds; {len(survivors) - unexplained} survivors equivalent, {unexplained} unexplained")
    return 0 if share >= arguments.at_least and unexplained == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
