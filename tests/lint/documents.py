# SPDX-License-Identifier: Apache-2.0
"""Each top-level folder explains itself in a short README; no text names somebody's machine."""
import os
import re

from source import FOLDERS, files

README_LINES = 120
_MACHINE = re.compile(r"(?<![\w./}])/(?:home|root|work|Users|mnt)/\w+")
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


def check_tree(root):
    """Yields (path, line, message)."""
    for folder in FOLDERS:
        path = f"{folder}/README.md"
        if os.path.isdir(os.path.join(root, folder)) and not os.path.exists(os.path.join(root, path)):
            yield path, 1, "is missing: say what the folder holds and where to start reading"
    top = [(name, open(os.path.join(root, name), encoding="utf-8").read()) for name in sorted(os.listdir(root))
           if name.endswith(".md")]
    for path, text in [*top, *files(root, _TEXTS)]:
        for line, message in check_text(text) if path != _SAMPLES else ():
            yield path, line, message
        if path.endswith("/README.md"):
            for line, message in check_readme(text):
                yield path, line, message
