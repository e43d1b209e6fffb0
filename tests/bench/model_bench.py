#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The explorer beside Spin and TLC: `./dev bench-model [--pairs N] [--no-tlc] [--large]`.

The same model (isr/kip-320, 3 replicas, log of 2, 2 records, 3 epochs: 737,794 states) in the same run,
CPU seconds of the whole process, on one thread each, in turns, so that what else the machine does
meets all of them. What is judged is the median of the ratios of neighbours. All must find the same states.
"""

import argparse
import json
import pathlib
import re
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "judges"))
import judges  # noqa: E402  (found by the line above)
from cases import all_cases  # noqa: E402

BARS = {"spin": (1.4, 2.5), "tlc": (150, 300)}
BYTES_OVER_PACKED_MAX = 20
RUNS_AROUND_TLC = 4  # of ours before it and behind, as it takes long enough for the machine to change
LEADERS = 6  # nodes of the leader election that Spin reduces too


def faultline(*words, jobs=1):
    text, cpu = judges.run([judges.FAULTLINE, "model", "check", *words, "--jobs", str(jobs), "--json"], ROOT)
    return {**json.loads(text), "cpu": cpu}


def isr(epochs, jobs=1):
    return faultline("isr", "--variant", "kip-320", "--set", f"R=3,L=2,N=2,E={epochs}", jobs=jobs)


def pan(name, source, flags, *options):
    """Spin's checker for the model; a function that runs it."""
    folder = judges.WORK / name
    folder.mkdir(parents=True, exist_ok=True)
    judges.run(["spin", "-a", *[f"-D{flag}" for flag in flags], judges.SPECS / "promela" / source], folder)
    judges.run(["gcc", "-w", "-O2", "-DSAFETY", *options, "-o", "pan", "pan.c"], folder)

    def check():
        text, cpu = judges.run(["./pan", "-m1000000", "-w22", "-E", "-c0", "-n"], folder)
        return {"distinct": int(re.search(r"(\d+) states, stored", text)[1]), "cpu": cpu}

    return check


def in_turns(pairs, left, right):
    """Runs both in turns; the results of each and right/left of each pair."""
    lefts, rights = [], []
    for _ in range(pairs):
        lefts.append(left())
        rights.append(right())
    return lefts, rights, [r["cpu"] / l["cpu"] for l, r in zip(lefts, rights)]


def spread(values):
    return f"{min(values):.2f} to {max(values):.2f}"


def judge(name, ratio, bars, failures):
    must, aim = bars
    word = "over the aim" if ratio >= aim else "passes" if ratio >= must else "TOO SLOW"
    if ratio < must:
        failures.append(name)
    return f"{word} (must {must}, aim {aim})"


def same_states(ours, theirs, who, failures):
    if ours != theirs:
        failures.append(f"{who} finds {theirs:,} states, the explorer {ours:,}")


def beside_spin(pairs, failures):
    check = pan("bench-spin", "isr.pml", ["R=3", "L=2", "N=2", "E=2", "KIP_320"], "-DNOREDUCE")
    ours, spins, ratios = in_turns(pairs, lambda: isr(2), check)
    same_states(ours[0]["distinct"], spins[0]["distinct"], "Spin", failures)
    ratio = statistics.median(ratios)
    print(f"Spin, exact   {ratio:6.2f} x   {judge('spin', ratio, BARS['spin'], failures)}; "
          f"{pairs} pairs, {spread(ratios)}; CPU s: {statistics.median(o['cpu'] for o in ours):.3f} "
          f"and {statistics.median(s['cpu'] for s in spins):.3f}")
    return ours[0]


def beside_tlc(failures):
    case = next(c for c in all_cases() if c.full and c.model == "isr" and c.variant == "kip-320")
    before = [isr(2) for _ in range(RUNS_AROUND_TLC)]
    tlc = judges.run_tlc(case, "Isr", properties=True)
    ours = before + [isr(2) for _ in range(RUNS_AROUND_TLC)]
    same_states(ours[0]["distinct"], tlc["distinct"], "TLC", failures)
    our_cpu = statistics.median(o["cpu"] for o in ours)
    ratio = tlc["cpu"] / our_cpu
    print(f"TLC           {ratio:6.0f} x   {judge('tlc', ratio, BARS['tlc'], failures)}; CPU s: {our_cpu:.3f} "
          f"and {tlc['cpu']:.1f}, one worker, JVM start included")


def threads(pairs, epochs):
    walls = {1: [], 2: []}
    for _ in range(pairs):
        for jobs, seconds in walls.items():
            start = time.monotonic()
            isr(epochs, jobs)
            seconds.append(time.monotonic() - start)
    factors = [one / two for one, two in zip(walls[1], walls[2])]
    print(f"two threads   {statistics.median(factors):6.2f} x   wall time, E={epochs}, "
          f"{pairs} pairs, {spread(factors)}")


def memory(result, failures, name):
    over = (result["bytes_stored"] - result["bytes_packed"]) / result["distinct"]
    if over > BYTES_OVER_PACKED_MAX:
        failures.append(f"{over:.1f} bytes a state over the packed size")
    print(f"memory        {over:6.1f} B   a state over its {result['bytes_packed'] / result['distinct']:.1f} "
          f"packed (must {BYTES_OVER_PACKED_MAX}): {name}")


def reduction(failures):
    check = pan("bench-spin-reduced", "leader_election.pml", [f"N={LEADERS}"])
    spin = check()
    ours = faultline("leader-election", "--set", f"N={LEADERS}", "--reduce")
    ratio = ours["distinct"] / spin["distinct"]
    if ratio > 1.5:
        failures.append("partial-order reduction")
    print(f"reduction     {ratio:6.2f} x   of Spin's reduced states (must be at most 1.5): "
          f"{ours['distinct']:,} and {spin['distinct']:,}, leader election of {LEADERS}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--pairs", type=int, default=7)
    parser.add_argument("--no-tlc", action="store_true", help="leave out TLC, which takes a minute")
    parser.add_argument("--large", action="store_true", help="also the bound of 9,985,570 states")
    options = parser.parse_args()
    judges.WORK.mkdir(parents=True, exist_ok=True)
    failures = []
    result = beside_spin(options.pairs, failures)
    if not options.no_tlc:
        beside_tlc(failures)
    threads(options.pairs, 2)
    memory(result, failures, f"{result['distinct']:,} states")
    reduction(failures)
    if options.large:
        large = isr(3)
        if large["verdict"] != "held" or large["distinct"] != 9_985_570:
            failures.append("the large bound")
        memory(large, failures, f"{large['distinct']:,} states, {large['cpu']:.1f} CPU s")
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
