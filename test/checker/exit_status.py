#!/usr/bin/env python3
"""Runs a command and fails unless it ends with the exit status given first: `exit_status.py 3 command...`."""
import subprocess
import sys

wanted = int(sys.argv[1])
status = subprocess.run(sys.argv[2:], check=False).returncode
if status != wanted:
    print("exit status %d, expected %d" % (status, wanted))
sys.exit(0 if status == wanted else 1)
