# SPDX-License-Identifier: Apache-2.0
"""A file fits a sitting and a function a screen; the exceptions are listed and may only shrink."""
import os
import re

from source import blocks, code_only, line_of

FILE_HARD_STOP, SOURCE_LINES, HEADER_LINES, FUNCTION_LINES = 600, 400, 150, 70
_NOT_A_FUNCTION = re.compile(r"^\s*(?:template\s*<.*>\s*)?(?:inline\s+)?(?:namespace|class|struct|union|enum|extern|concept)\b",
                             re.DOTALL)
_CONTROL = re.compile(r"^\s*(?:if|for|while|switch|else|do|try|case|default)\b")


def _exceptions():
    listed = {}
    with open(os.path.join(os.path.dirname(__file__), "size_exceptions.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                path, lines = line.split()
                listed[path] = int(lines)
    return listed


def _is_function(head):
    head = head.split("\n#")[-1]  # drop preprocessor lines above
    flat = re.sub(r"\([^()]*\)", "()", head)
    return "(" in head and head.count("(") == head.count(")") and not _NOT_A_FUNCTION.match(head) and not _CONTROL.match(head) and \
        not re.search(r"(?<!operator)(?<![=!<>])=\s*$", flat)


def check(path, text, exceptions=None):
    exceptions = _exceptions() if exceptions is None else exceptions
    lines = text.count("\n")
    limit = HEADER_LINES if path.endswith(".h") else SOURCE_LINES
    allowed = exceptions.get(path, limit)
    if lines > FILE_HARD_STOP:
        yield 1, f"{lines} lines; {FILE_HARD_STOP} is the hard stop, so split it"
    elif lines > allowed:
        yield 1, f"{lines} lines; at most {allowed}"
    elif path in exceptions and (lines <= limit or lines < allowed):
        yield 1, f"now {lines} lines: " + (
            "remove it from size_exceptions.txt" if lines <= limit else f"lower its entry from {allowed}")
    code = code_only(text)
    for head, start, end in blocks(code):
        length = line_of(code, end) - line_of(code, start) + 1
        if length > FUNCTION_LINES and _is_function(head):
            name = re.search(r"([\w:~]+)\s*\(", head)
            yield line_of(code, start), f"{name.group(1) if name else 'function'} has {length} lines; at most {FUNCTION_LINES}"
