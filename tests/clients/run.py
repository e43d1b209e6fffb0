#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the tests of one stock client with the Python that has it; skips (exit code 77) where that is missing.

Usage: run.py BROKER CLIENTS_DIRECTORY ENVIRONMENT SCRIPT [TEST]...
ENVIRONMENT is a virtual environment below CLIENTS_DIRECTORY, "-" for a client that is a program, or "own" for a script
that knows itself what its client needs.
The outcome of each test goes to CLIENTS_DIRECTORY/results/NAME.json, from which table.py prints client x feature.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys

broker, clients, environment, script, *tests = sys.argv[1:]
here = pathlib.Path(__file__).resolve().parent
python = sys.executable
name = pathlib.Path(script).stem.removesuffix("_test").replace("_", "-")
if environment == "-":
    name = name.removeprefix("crash-")
    if not shutil.which(name):
        print(f"skipped: there is no {name} here; ./dev clients installs it")
        sys.exit(77)
elif environment != "own":
    name += "" if environment == "newest" else environment.removeprefix(name)
    python = os.path.join(clients, environment, "bin", "python")
    if not os.path.exists(python):
        print(f"skipped: {python} is missing; ./dev clients makes it")
        sys.exit(77)
results = pathlib.Path(clients) / "results" / f"{name}.json"
has_features = not script.startswith(("crash_", "dump_", "segment_", "snippets_"))
results.parent.mkdir(parents=True, exist_ok=True)
search = os.pathsep.join([str(here), str(here.parent / "support")])
variables = {**os.environ, "PYTHONPATH": search, "PYTHONDONTWRITEBYTECODE": "1", "FAULTLINE_BROKER": broker,
             "FAULTLINE_CLIENT_RESULTS": str(results)}
if not tests and has_features:
    results.write_text(json.dumps({}), encoding="utf-8")
sys.exit(subprocess.run([python, str(here / script), *tests], env=variables).returncode)
