# SPDX-License-Identifier: Apache-2.0
"""Bans what would make a run depend on the machine, or hide ownership, where virtual time rules."""
import re

from source import code_only, line_of

_DETERMINISTIC = ("broker/", "sim/", "model/")
# Files that touch the real world, and which of the bans they are free of.
EXCEPTIONS = {
    "broker/runtime/": {"clock", "random", "thread", "environment"},
    "model/explore/region.h": {"thread"},
    "model/explore/region.cc": {"thread"},
    "model/explore/workers.cc": {"thread"},
}
_BANS = [
    ("random", r"\brandom_device\b|\b(?:rand|random|drand48)\s*\(\s*\)|\bsrand(?:om)?\s*\(|\bmt19937(?:_64)?\b|\bdefault_random_engine\b",
     "draw from Env's Random, keyed by identity"),
    ("random", r"\bstd::(?:ranges::)?shuffle\b|\b\w+_distribution\b|#\s*include\s*<random>",
     "standard distributions differ between libraries: use broker/base/prng.h"),
    ("clock", r"\b(?:system|steady|high_resolution|utc|tai|file)_clock\b|\b(?:clock_)?gettime(?:ofday)?\s*\(|\bstd::time\b"
     r"|\b(?:localtime|gmtime|mktime|strftime)\w*\s*\(|\bthis_thread\b|\b(?:usleep|nanosleep)\b",
     "read Env's Clock"),
    ("thread", r"\bstd::(?:j?thread|mutex|shared_mutex|recursive_mutex|condition_variable\w*|async|future|promise|atomic\w*)\b",
     "one loop owns everything: use broker/env/sync.h"),
    ("thread", r"\bthread_local\b|\bpthread_\w+|\bdetach\s*\(", "state belongs to an object, a task to a Scope"),
    ("environment", r"\bgetenv\b|\bsetenv\b|\bsetlocale\b|\bstd::locale\b|#\s*include\s*<locale>",
     "settings are passed in, never read from the environment"),
    ("ownership", r"\b(?:std::)?(?:shared_ptr|make_shared|weak_ptr|enable_shared_from_this)\b",
     "one owner: unique_ptr, a member, or the intrusive Bytes"),
    ("exceptions", r"\bthrow\b(?!\s*\(\s*\))", "return Result<T>; a bug is an ASSERT"),
    ("build", r"\bNDEBUG\b|\bSIM(?:ULATION)?\b|\bis_simulated\b", "there is one behaviour in every build"),
    ("mathematics", r"\bstd::(?:pow|exp2?|expm1|log|log2|log10|log1p|sqrt|cbrt|sin|cos|tan|tgamma|lgamma|erf)\b",
     "libm differs between machines: use integers or a quantile table"),
    ("order", r"\bstd::hash\b|\breinterpret_cast<\s*u?intptr_t\s*>",
     "differs between libraries and runs: use broker/base/hash.h on values"),
    ("output", r"\bstd::(?:cout|cerr|clog)\b|#\s*include\s*<iostream>", "emit an event, or return the text"),
]
_POINTER_FORMAT = re.compile(r'"[^"\n]*(?:%p|\{:p\})[^"\n]*"|\bfmt::ptr\b')
_FRIEND = re.compile(r"\bfriend\s+(?:class|struct)\s+(\w+)")
_UNORDERED = re.compile(r"\bunordered_(?:map|set|multimap|multiset)\s*<[^;{}]*?>\s*[&*]?\s*(\w+)\s*[;={(,)]")


def check(path, text):
    if not path.startswith(_DETERMINISTIC):
        return
    free = set()
    for prefix, kinds in EXCEPTIONS.items():
        if path.startswith(prefix):
            free |= kinds
    code = code_only(text)
    for kind, pattern, instead in _BANS:
        if kind not in free:
            for match in re.finditer(pattern, code):
                yield line_of(code, match.start()), f"`{match.group().strip()}` is banned: {instead}"
    for match in _POINTER_FORMAT.finditer(text):
        yield line_of(text, match.start()), "prints an address, which differs between runs"
    for match in _FRIEND.finditer(code):  # a container may keep its links in its elements, beside each other
        if not re.search(rf"(?:class|struct)\s+{match.group(1)}\s*(?:final\s*)?[:{{]", code):
            yield line_of(code, match.start()), f"`{match.group()}` is of another file: split the class instead"
    for name in set(_UNORDERED.findall(code)):
        for match in re.finditer(rf"for\s*\([^;()]*:\s*(?:\w+(?:\.|->))*{name}\s*\)|\b{name}\s*\.\s*c?begin\s*\(", code):
            yield line_of(code, match.start()), f"iterates the unordered `{name}`: its order is the library's own"
