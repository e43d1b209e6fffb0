#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs lint rules over the tree: lint.py [RULE...]; prints file:line: message, exits 1 if any."""
import importlib
import os
import sys

from source import files

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PER_FILE = ("layers", "identifiers", "coroutines", "sizes", "openings")


def findings(rule):
    module = importlib.import_module(rule)
    if rule == "documents":
        yield from module.check_tree(ROOT)
        return
    for path, text in files(ROOT):
        for line, message in module.check(path, text):
            yield path, line, message


def main(rules):
    count = 0
    for rule in rules or [*PER_FILE, "documents", "formatting"]:
        if rule == "formatting":
            status = importlib.import_module(rule).run(ROOT)
            if status or rules == [rule]:
                return status
            continue
        for path, line, message in findings(rule):
            print(f"{path}:{line}: {message} [{rule}]")
            count += 1
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
