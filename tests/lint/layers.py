# SPDX-License-Identifier: Apache-2.0
"""Includes follow the layer table in layers.json."""
import json
import os
import re

_INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
_STANDARD = re.compile(r"^[a-z_0-9]+$")  # <vector>; anything with a dot or a slash is not C++'s
_EVERYWHERE = ("fmt/",)

with open(os.path.join(os.path.dirname(__file__), "layers.json"), encoding="utf-8") as table:
    _TABLE = json.load(table)


def _inside(path, folders):
    return any(folder == "*" or path == folder or path.startswith(folder + "/") for folder in folders)


def _row(path):
    rows = [folder for folder in _TABLE["folders"] if _inside(path, [folder])]
    return max(rows, key=len, default=None)


def check(path, text):
    row = _row(path)
    if row is None:
        yield 1, "its folder is not in tests/lint/layers.json"
        return
    allowed = _TABLE["folders"][row]
    for match in _INCLUDE.finditer(text):
        bracket, name = match.groups()
        line = text.count("\n", 0, match.start(2)) + 1
        if bracket == '"':
            if not _inside(name, [row] + allowed["project"]):
                yield line, f'{row} may not include "{name}"; it may use {allowed["project"]}'
        elif not _STANDARD.match(name) and not name.startswith(_EVERYWHERE):
            external = allowed.get("external", [])
            if "*" not in external and not name.startswith(tuple(external)):
                yield line, f"{row} may not include <{name}>; it may use {external}"
            elif path.endswith(".h") and row != "tests" and name.startswith(tuple(_TABLE["sources_only"])):
                yield line, f"<{name}> is heavy: include it in .cc files only"
