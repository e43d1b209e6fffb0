# SPDX-License-Identifier: Apache-2.0
"""kafkajs against the real broker. Goal and method: driven_case.py; run by run.py."""
import json
import os
import shutil
import sys

from client_case import main
from driven_case import CLIENTS, DrivenCase

MODULES = os.path.join(CLIENTS, "kafkajs", "node_modules")
if not shutil.which("node") or not os.path.isdir(MODULES):
    print("skipped: no Node or no kafkajs here; ./dev clients installs them")
    sys.exit(77)
HERE = os.path.dirname(os.path.abspath(__file__))


class KafkaJs(DrivenCase):
    COMMAND = ("env", f"NODE_PATH={MODULES}", "node", f"{HERE}/kafkajs/driver.js")


with open(os.path.join(MODULES, "kafkajs", "package.json"), encoding="utf-8") as package:
    version = json.load(package)["version"]
main(f"kafkajs {version}")
