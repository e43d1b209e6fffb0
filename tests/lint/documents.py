# SPDX-License-Identifier: Apache-2.0
"""Each top-level folder explains itself in a short README; no text names somebody's machine,
and no README of the tests a test that is not there."""
import os
import re

from source import FOLDERS, files

README_LINES = 120
_MACHINE = re.compile(r"(?<![\w./}])/(?:home|root|work|Users|mnt)/\w+")
_TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)", re.MULTILINE)
_NAMED_TEST = re.compile(r"`([A-Z]\w+\.[a-z]\w*)`")
_SAMPLES = "tests/lint/lint_test.py"  # holds what is banned
_TEXTS = (".cc", ".h", ".md", ".json", ".py", ".txt", ".cmake", ".sh")


def check_text(text):
    for match in _MACHINE.finditer(text):
        yield text.count("\n", 0, match.start()) + 1, f"`{match.group()}` is a path of one machine"


def check_readme(text):
    lines = text.count("\n")
    if lines > README_LINES:
        yield 1, f"{lines} lines; at most {README_LINES}"
    if not text.startswith("# "):
        yield 1, "must open with a title"


def tests_in(text):
    return {f"{suite}.{name}" for suite, name in _TEST.findall(text)}


def check_named_tests(text, tests):
    """A README below tests/ may name tests of GoogleTest, as `Suite.name`; each must exist."""
    for match in _NAMED_TEST.finditer(text):
        if match.group(1) not in tests:
            yield text.count("\n", 0, match.start()) + 1, f"there is no test {match.group()}"


def check_tree(root):
    """Yields (path, line, message)."""
    for folder in FOLDERS:
        path = f"{folder}/README.md"
        if os.path.isdir(os.path.join(root, folder)) and not os.path.exists(os.path.join(root, path)):
            yield path, 1, "is missing: say what the folder holds and where to start reading"
    top = [(name, open(os.path.join(root, name), encoding="utf-8").read()) for name in sorted(os.listdir(root))
           if name.endswith(".md")]
    texts = [*top, *files(root, _TEXTS)]
    tests = set().union(*(tests_in(text) for path, text in texts if path.endswith("_test.cc")))
    for path, text in texts:
        for line, message in check_text(text) if path != _SAMPLES else ():
            yield path, line, message
        if path.endswith("/README.md"):
            for line, message in check_readme(text):
                yield path, line, message
            for line, message in check_named_tests(text, tests) if path.startswith("tests/") else ():
                yield path, line, message
