#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints what run.py recorded: a line for each client, a column for each feature; then tools. Usage: table.py CLIENTS_DIRECTORY"""
import json
import pathlib
import re
import sys

sys.path[:0] = [str(pathlib.Path(__file__).parent), str(pathlib.Path(__file__).parent.parent / "support")]
from client_case import FEATURES  # noqa: E402

rows, tools = [], []
for path in sorted((pathlib.Path(sys.argv[1]) / "results").glob("*.json")):
    result = json.loads(path.read_text(encoding="utf-8"))
    if result and not set(result["features"]) & set(FEATURES):  # not clients; each has a list of its own
        tools.append(result)
    elif result:
        rows.append((result["version"], [result["features"].get(name, "-") for name in FEATURES]))
if not rows:
    sys.exit("no results; ./dev clients makes them")
heads = [re.sub("_", " ", name) for name in FEATURES]
widths = [max(len(head), *(len(row[1][i]) for row in rows)) for i, head in enumerate(heads)]
first = max(len(row[0]) for row in rows)
print(" " * first, *(head.ljust(width) for head, width in zip(heads, widths)), sep="  ")
for name, cells in rows:
    print(name.ljust(first), *(cell.ljust(width) for cell, width in zip(cells, widths)), sep="  ")
for tool in tools:
    print(f"\n{tool['version']}")
    width = max(map(len, tool["features"]))
    for name, outcome in sorted(tool["features"].items()):
        print(f"  {name.ljust(width)}  {outcome}")
outcomes = [cell for row in rows for cell in row[1]] + [each for tool in tools for each in tool["features"].values()]
sys.exit("FAILED" in outcomes)
