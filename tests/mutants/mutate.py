# SPDX-License-Identifier: Apache-2.0
"""Draws source mutants: small slips of the kind that people make, at random places of C++ code.

Three kinds: a negated condition, an off-by-one (a bound or a constant), a dropped statement. Code in comments,
strings, assertions and preprocessor lines is left alone. The draw is a function of the sources and a seed.
"""
import dataclasses
import hashlib
import os
import random
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lint"))
import source  # noqa: E402

KINDS = ("negated condition", "off by one", "dropped statement")

_SKIPPED_LINE = re.compile(r"^\s*(#|//|ASSERT|static_assert|using |template|namespace )")
_CONDITION = re.compile(r"\b(?:if|while) \(")
_EQUALITY = re.compile(r" (==|!=) ")
_BOUND = re.compile(r" (<=|>=|<|>) ")
_STEP = re.compile(r" ([+-]) 1\b(?![.'\d])")
_OTHER_BOUND = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
# One whole line that calls or assigns; declarations begin with a type and do not match.
_STATEMENT = re.compile(
    r"^(?P<indent>\s+)(?P<code>(?:(?:CO_)?TRY\(|co_await |\+\+|--)?[\w.\->:\[\]*()]*[\w\])](?:\(.*\)\)?| [-+|&]?= .*|\+\+|--)?;)$")
_KEPT = re.compile(r"^\s*(return|co_return|case|break|continue|default|using|const|auto|delete|goto|else|for|if|while)\b")


@dataclasses.dataclass(frozen=True)
class Mutant:
    """One slip: `start`..`end` of the file's text becomes `replacement`."""
    path: str
    line: int
    kind: str
    start: int
    end: int
    replacement: str
    before: str  # the line as it is, stripped
    after: str   # the line as it becomes, stripped

    def key(self):
        """What names this slip whatever happens to the lines around it."""
        return f"{self.path} | {self.before} | {self.after}"


def _closing(code, opening):
    """The position of the parenthesis that closes the one at `opening`."""
    depth = 0
    for at in range(opening, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at
    raise ValueError("unbalanced parentheses")


def _negations(code):
    for match in _CONDITION.finditer(code):
        opening = match.end() - 1
        closing = _closing(code, opening)
        head = code[opening + 1:closing]
        start = opening + 1 + (head.rfind(";") + 1)
        if not re.search(r"\b(?:const )?auto [&*]?\w+ = |^const \w+", code[start:closing]):
            yield "negated condition", start, closing, lambda text: f"!({text.strip()})"
    for match in _EQUALITY.finditer(code):
        other = {"==": "!=", "!=": "=="}[match.group(1)]
        yield "negated condition", match.start(1), match.end(1), lambda _, other=other: other


def _off_by_ones(code):
    for match in _BOUND.finditer(code):
        other = _OTHER_BOUND[match.group(1)]
        yield "off by one", match.start(1), match.end(1), lambda _, other=other: other
    for match in _STEP.finditer(code):
        yield "off by one", match.start(1), match.end(), lambda text: text[0] + " 0"


def _drops(code):
    at = 0
    for line in code.split("\n"):
        match = _STATEMENT.match(line)
        if match and not _KEPT.match(line) and line.count("(") == line.count(")"):
            start = at + match.start("code")
            yield "dropped statement", start, at + match.end("code"), lambda _: ";"
        at += len(line) + 1


def mutants_of(path, text):
    """Every mutant of one file, in a fixed order."""
    code = source.code_in_place(text)
    lines = text.split("\n")
    found = []
    for kind, start, end, change in (*_negations(code), *_off_by_ones(code), *_drops(code)):
        line = source.line_of(text, start)
        if _SKIPPED_LINE.match(lines[line - 1]):
            continue
        replacement = change(text[start:end])
        changed = text[:start] + replacement + text[end:]
        found.append(Mutant(path, line, kind, start, end, replacement,
                            lines[line - 1].strip(), changed.split("\n")[line - 1].strip()))
    return found


def draw(root, folders, seed):
    """Yields the mutants of the .cc files in `folders` in random order: first a kind, then a place of it.

    Each place has its own lot, so that a change of the code leaves the draw as it is everywhere else.
    """
    pools = {kind: [] for kind in KINDS}
    for folder in folders:
        for name in sorted(os.listdir(os.path.join(root, folder))):
            if name.endswith(".cc"):
                path = f"{folder}/{name}"
                with open(os.path.join(root, path), encoding="utf-8") as file:
                    for mutant in mutants_of(path, file.read()):
                        pools[mutant.kind].append(mutant)
    for pool in pools.values():
        pool.sort(key=lambda mutant: hashlib.sha256(f"{seed} {mutant.key()}".encode()).digest())
    chance = random.Random(seed)
    seen = set()  # the same slip in the same text twice in a file: the first stands for both
    while any(pools.values()):
        mutant = pools[chance.choice([kind for kind in KINDS if pools[kind]])].pop(0)
        if mutant.key() not in seen:
            seen.add(mutant.key())
            yield mutant
