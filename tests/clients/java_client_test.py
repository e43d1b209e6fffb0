# SPDX-License-Identifier: Apache-2.0
"""Apache Kafka's own Java client against the real broker. Goal and method: driven_case.py; run by run.py."""
import os
import shutil
import sys

from client_case import main
from driven_case import CLIENTS, DrivenCase

JARS = os.path.join(CLIENTS, "kafka-tools")
if not shutil.which("javac") or not os.path.isdir(JARS):
    print("skipped: no JDK or no Apache Kafka here; ./dev clients installs them")
    sys.exit(77)
HERE = os.path.dirname(os.path.abspath(__file__))


class JavaClient(DrivenCase):
    COMMAND = ("java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
               f"{JARS}/*", "-Dlog4j2.level=ERROR", f"{HERE}/java_client/Driver.java")


main("java client " + next(each for each in os.listdir(JARS) if each.startswith("kafka-clients-"))[14:-4])
