# SPDX-License-Identifier: Apache-2.0
"""Reads the project's files and separates C++ code from its comments and strings."""
import os
import re

FOLDERS = ("broker", "sim", "model", "scenarios", "analysis", "tests")
CPP = (".cc", ".h")

_NOT_CODE = re.compile(
    r'R"(?P<tag>[^()\s\\]*)\(.*?\)(?P=tag)"'  # raw string
    r'|//[^\n]*|/\*.*?\*/'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",  # a character, but not the separator of 1'000
    re.DOTALL)


def files(root, suffixes=CPP):
    """Yields (path from the root, text) of each file in the source folders, in a fixed order."""
    for folder in FOLDERS:
        for at, folders, names in os.walk(os.path.join(root, folder)):
            folders.sort()
            for name in sorted(names):
                if name.endswith(suffixes):
                    path = os.path.join(at, name)
                    with open(path, encoding="utf-8") as file:
                        yield os.path.relpath(path, root), file.read()


def code_only(text):
    """Blanks comments, strings and characters; every line stays where it was."""
    def blank(match):
        text = match.group()
        quote = '""' if text[0] in 'R"' else "0" if text[0] == "'" else " "
        return quote + "\n" * text.count("\n")
    return _NOT_CODE.sub(blank, text)


def code_in_place(text):
    """Blanks the same, and every character stays where it was."""
    return _NOT_CODE.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def blocks(code):
    """Yields (head, start, end) of each {...}: the text since the last ; { or }, and both braces."""
    heads, head_from = [], 0
    for match in re.finditer(r"[;{}]", code):
        at = match.start()
        if match.group() == "{":
            heads.append((head_from, at))
        elif match.group() == "}" and heads:
            start, brace = heads.pop()
            yield code[start:brace], brace, at
        head_from = at + 1
