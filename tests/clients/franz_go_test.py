# SPDX-License-Identifier: Apache-2.0
"""franz-go against the real broker. Goal and method: driven_case.py; run by run.py."""
import os
import subprocess
import sys

from client_case import main
from driven_case import CLIENTS, DrivenCase

PROGRAM = os.path.join(CLIENTS, "franz-go", "driver")
if not os.path.exists(PROGRAM):
    print("skipped: the driver of franz-go is not built; ./dev clients does it")
    sys.exit(77)


class FranzGo(DrivenCase):
    COMMAND = (PROGRAM,)


main("franz-go " + subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True).stdout.strip())
