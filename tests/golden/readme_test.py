#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the first screen of README.md to what the program really prints, and its tour to files that exist.

Usage: readme_test.py FAULTLINE [--write]; --write puts the program's output into README.md.
"""
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"(<!-- demo:.*?-->\n```\n)(.*?)(```\n<!-- end of demo -->)", re.S)


def main():
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    utf8 = {**os.environ, "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}
    demo = [os.path.abspath(sys.argv[1]), "demo", "--page", "build/demo.html"]  # as ./dev demo
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "build"))
        shown = subprocess.run(demo, check=True, capture_output=True, text=True, env=utf8, cwd=folder).stdout
    shown = "".join(line.rstrip() + "\n" for line in shown.splitlines())
    match = BLOCK.search(text)
    if not match:
        sys.exit("README.md has no block for the demo")
    if "--write" in sys.argv:
        readme.write_text(BLOCK.sub(lambda m: m[1] + shown + m[3], text), encoding="utf-8")
        return
    if match[2] != shown:
        sys.exit(f"README.md does not show what the demo prints; run {__file__} FAULTLINE --write\n{shown}")
    tour = text[text.index("## The afternoon tour"):]
    named = re.findall(r"`((?:broker|sim|scenarios|analysis|tests)/[\w./]+)`", tour)
    missing = [name for name in named if not (ROOT / name).exists()]
    if missing or len(named) < 10:
        sys.exit(f"the tour names what does not exist: {missing}")
    print(f"README.md is true: {len(shown.splitlines())} lines of demo, {len(named)} stops")


main()
