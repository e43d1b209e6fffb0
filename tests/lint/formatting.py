# SPDX-License-Identifier: Apache-2.0
"""clang-format leaves every source as it is."""
import re
import shutil
import subprocess

from source import files

SKIPPED = 77
_TOOL = "clang-format-19"


def run(root):
    if shutil.which(_TOOL) is None:
        print(f"skipped: there is no {_TOOL} here (apt install {_TOOL})")
        return SKIPPED
    paths = [path for path, _ in files(root)]
    if not paths:
        return 0
    done = subprocess.run([_TOOL, "--dry-run", *paths], cwd=root, check=False, capture_output=True, text=True)
    unformatted = sorted(set(re.findall(r"^(\S+?):\d+:\d+: warning", done.stderr, re.MULTILINE)))
    for path in unformatted:
        print(f"{path}:1: not as clang-format would have it; run ./dev format [formatting]")
    return 1 if unformatted or done.returncode else 0
