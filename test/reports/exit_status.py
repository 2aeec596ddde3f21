# exit_status.py STATUS DEBUG PROGRAM: runs PROGRAM with SLUICE_DEBUG=DEBUG and expects it to end with STATUS (negative: a
# signal).
import os
import subprocess
import sys

wanted, debug, program = int(sys.argv[1]), sys.argv[2], sys.argv[3]
status = subprocess.run([program], env={**os.environ, "SLUICE_DEBUG": debug}, stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL).returncode
if status != wanted:
    sys.exit(f"{program} with SLUICE_DEBUG={debug} ended with {status}, not {wanted}")
