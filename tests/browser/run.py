#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs one test file of this folder under Node: run.py FILE.test.mjs FAULTLINE.

Exits with 77, which ctest counts as skipped, and says why, where Node, the viewer's packages or Chromium are missing:
./dev browser installs them.
"""
import os
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MODULES = ROOT / "build" / "viewer" / "node_modules"


def skip(reason):
    print(f"skipped: {reason}; ./dev browser installs it")
    sys.exit(77)


def main():
    test, faultline = sys.argv[1:]
    node = shutil.which("node")
    if not node:
        skip("there is no Node")
    if test.startswith("bundle") and not (MODULES / "esbuild").is_dir():
        skip("esbuild is not in build/viewer")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if test.startswith("page") and not chromium:
        skip("there is no Chromium")
    environment = {**os.environ, "FAULTLINE": faultline, "CHROMIUM": chromium or "", "VIEWER_MODULES": str(MODULES)}
    sys.exit(subprocess.run([node, "--test", str(HERE / test)], env=environment, check=False).returncode)


main()
