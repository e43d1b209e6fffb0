# SPDX-License-Identifier: Apache-2.0
"""Coroutine shapes that g++ 12 miscompiles, or whose meaning depends on evaluation order.

Arguments are built in named locals, and a statement awaits once.
"""
import re

from source import code_only, line_of

_BLOCK_BEFORE = re.compile(
    r"(?:\)|\b(?:else|do|try|mutable|noexcept|override|final|const)|->\s*[\w:<>,*&\s]+|^\s*|[;{}]\s*)\s*$")
_AWAIT = re.compile(r"(?<!\boperator )\bco_(?:await|yield)\b")
_PLAIN = re.compile(r"\b(?:Instant|Duration|WallTime|NodeId)\{[^{}]*\}")  # nothing to destroy twice
_CAPTURING = re.compile(r"\[[^\]\[]*\w[^\]\[]*\]\s*\([^()]*\)\s*(?:mutable\s*)?->\s*(?:\w+::)*Task\b")
# A Task runs when its caller's temporaries may be gone; services that outlive it come as plain `T&` or `T*`.
_BORROWING = re.compile(r"\bTask<[^;{}()]*>\s+(?:\w+::)*(\w+)\(([^()]*(?:const\s+[\w:<>, ]+&|&&|\bstring_view\b)[^()]*)\)\s*(?:const\s*)?\{")


def statements(code):
    """Yields (position, text): cut at ; and at the braces of blocks, not at braces that hold values."""
    start, braces, parens = 0, [], [0]
    for match in re.finditer(r"[;{}()]", code):
        at, char = match.start(), match.group()
        cut = False
        if char == "(":
            parens[-1] += 1
        elif char == ")":
            parens[-1] -= 1
        elif char == ";":
            cut = parens[-1] <= 0
        elif char == "{":
            is_block = bool(_BLOCK_BEFORE.search(code[start:at]))
            braces.append(is_block)
            if is_block:
                parens.append(0)
            cut = is_block
        elif braces and braces.pop():
            if len(parens) > 1:
                parens.pop()
            cut = True
        if cut:
            yield start, code[start:at]
            start = at + 1
    yield start, code[start:]


def _faults(statement):
    if len(_AWAIT.findall(statement)) > 1:
        yield "awaits twice in one statement"
    if re.search(r"\?(?!\?)", statement):
        yield "co_await beside ?: (double free in g++ 12)"
    if re.search(r"\bswitch\s*\(\s*co_await\b", statement):
        yield "switch (co_await ...) (g++ 12 with UBSan dies): await into a local"
    if re.search(r"\.\s*\w+\s*=\s*co_await\b", statement) and "{" in statement:
        yield "co_await in a designated initialiser (double free in g++ 12)"
    operand = _PLAIN.sub("0", statement[_AWAIT.search(statement).end():])
    if "{" in re.sub(r"\{[^{}]*;[^{}]*\}", "", operand):
        yield "an aggregate temporary in the awaited expression (double free in g++ 12): name it first"
    if re.search(r"(?:^|[(,])\s*\[[^\]]+\]\s*(?:\(|\{|mutable)", operand):
        yield "a lambda in the awaited expression (double free in g++ 12): name a function"


def _body(code, start):
    """The code from `start`, behind a brace, to the brace that closes it."""
    depth = 1
    for match in re.finditer(r"[{}]", code[start:]):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return code[start:start + match.start()]
    return code[start:]


def check(path, text):
    code = code_only(text)
    for position, statement in statements(code):
        if _AWAIT.search(statement):
            line = line_of(code, position + len(statement) - len(statement.lstrip()))
            for fault in _faults(statement):
                yield line, fault
    for match in _CAPTURING.finditer(code):
        yield line_of(code, match.start()), "a capturing lambda as a coroutine: its captures die before its frame"
    for match in _BORROWING.finditer(code):
        if not re.search(r"\bco_\w+", _body(code, match.end())):
            continue  # a plain function that makes a task: it is done with its parameters when it returns
        yield line_of(code, match.start()), f"coroutine `{match.group(1)}` borrows a parameter: take it by value"
