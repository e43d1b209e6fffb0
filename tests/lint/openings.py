# SPDX-License-Identifier: Apache-2.0
"""Every file opens with its licence and its purpose, and a header with its guard.

A source that opens with its own header may leave the purpose to that.
"""

_SPDX = "// SPDX-License-Identifier: Apache-2.0"


def check(path, text):
    lines = text.split("\n")
    if lines[0] != _SPDX:
        yield 1, f"the first line must be: {_SPDX}"
        return
    purpose = 0
    while purpose + 1 < len(lines) and lines[purpose + 1].startswith("// "):
        purpose += 1
    own_header = f'#include "{path.removesuffix(".cc")}.h"'
    if purpose == 0 and lines[1] != own_header:
        yield 2, "say in the lines after the licence what this file is for"
    if path.endswith(".h") and "#pragma once" not in lines:
        yield purpose + 2, "#pragma once is missing"
    for number, line in enumerate(lines, 1):
        if "TODO" in line or "FIXME" in line:
            yield number, "file an issue instead of a note"
