#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves that a run is a function of scenario and seed: compares the fingerprints of several builds.

Each build plays the same seeds of the same scenarios: the reference and g++ by faultline itself, the others by
play_seeds, which links the simulation alone. The reference plays them twice in one process, and again in another
process whose heap starts out as garbage. One differing fingerprint fails the comparison.
Usage: compare.py [--seeds A..B] [SCENARIO...]
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SCENARIOS = ("first-light", "flush-every-message", "page-cache-only", "fsync-gate", "disk-full", "torn-tail", "clock-jump")
REFERENCE = "clang -O2"
FAULTLINE = ("faultline", "check", "{scenario}", "--seeds", "{seeds}", "--fingerprints")
PLAYER = ("play_seeds", "{scenario}", "{seeds}")
# Column: build folder, command there, further environment. Address layouts are random by default.
VARIANTS = {
    REFERENCE: ("dev", FAULTLINE, {}),
    "twice": ("dev", (*FAULTLINE, "--twice"), {}),
    "garbage": ("dev", FAULTLINE, {"MALLOC_PERTURB_": "165"}),
    "clang -O0": ("debug-o0", PLAYER, {}),
    "asan": ("asan", PLAYER, {}),
    "libc++": ("libcxx", PLAYER, {}),
    "g++": ("gcc", FAULTLINE, {}),
}


def play(variant, scenario, seeds):
    """Returns ({seed: set of 'fingerprint verdict'}, what went wrong or None)."""
    folder, (program, *arguments), environment = VARIANTS[variant]
    command = [f"build/{folder}/bin/{program}",
               *(word.format(scenario=f"scenarios/{scenario}.json", seeds=seeds) for word in arguments)]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=False,
                          capture_output=True, text=True)
    runs = {}
    for line in done.stdout.splitlines():
        fields = line.split()
        if len(fields) >= 3 and fields[0].isdigit():
            runs.setdefault(int(fields[0]), set()).add(" ".join(fields[1:3]))
    if done.returncode not in (0, 1, 2):  # held, violated, unknown: all are verdicts to compare
        return runs, f"exit code {done.returncode} from: {' '.join(command)}\n{done.stderr[-2000:]}"
    return runs, None


def judge(scenario, seeds, results):
    """Compares {variant: result of play()} of one scenario; returns ({variant: cell}, complaints)."""
    first, last = map(int, seeds.split(".."))
    expected, _ = results[REFERENCE]
    cells, complaints = {}, []
    for variant, (runs, failure) in results.items():
        wrong = [seed for seed in range(first, last + 1)
                 if len(runs.get(seed, ())) != 1 or runs[seed] != expected.get(seed)]
        cells[variant] = "equal" if not wrong and not failure else f"{len(wrong)} differ"
        if failure:
            complaints.append(f"{scenario}, {variant}: {failure}")
        if wrong:
            seed = wrong[0]
            complaints.append(f"{scenario} --seed {seed}: {REFERENCE} says {sorted(expected.get(seed, ()))}, "
                              f"{variant} says {sorted(runs.get(seed, ()))}")
            folder = VARIANTS[variant][0]
            complaints.append(f"  to see where: cmake --build --preset {folder} --target faultline; "
                              f"build/dev/bin/faultline run scenarios/{scenario}.json --seed {seed} --out A; "
                              f"build/{folder}/bin/faultline run ... --out B; faultline diff A B")
    return cells, complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", default="1..20", metavar="A..B")
    parser.add_argument("scenarios", nargs="*", default=SCENARIOS)
    options = parser.parse_args()

    width = max(map(len, options.scenarios)) + 2
    print(f"fingerprints of seeds {options.seeds}, compared with {REFERENCE}:")
    print("scenario".ljust(width) + "".join(variant.ljust(11) for variant in VARIANTS))
    complaints = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        started = {(scenario, variant): pool.submit(play, variant, scenario, options.seeds)
                   for scenario in options.scenarios for variant in VARIANTS}
        for scenario in options.scenarios:
            results = {variant: started[scenario, variant].result() for variant in VARIANTS}
            cells, found = judge(scenario, options.seeds, results)
            complaints += found
            print(scenario.ljust(width) + "".join(cells[variant].ljust(11) for variant in VARIANTS), flush=True)
    if complaints:
        print("\nnot deterministic:\n" + "\n".join(complaints))
        return 1
    print("all equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
