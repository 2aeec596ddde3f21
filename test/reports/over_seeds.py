# over_seeds.py [--notes] N PROGRAM: runs PROGRAM in checked mode under seeds 1 to N, and expects each run to say nothing
# (or nothing but notes and how much was left out) and to end with status 0.
import os
import re
import subprocess
import sys

notes = sys.argv[1] == "--notes"
count, program = int(sys.argv[-2]), sys.argv[-1]
for seed in range(1, count + 1):
    debug = f"check,seed={seed}"
    try:
        done = subprocess.run([program], env={**os.environ, "SLUICE_DEBUG": debug}, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired as late:
        sys.exit(f"{program} with SLUICE_DEBUG={debug} did not end\n{(late.stderr or b'').decode(errors='replace')}")
    wrong = re.search(r"sluice: (error|fatal)", done.stderr) if notes else done.stderr
    if done.returncode != 0 or wrong:
        sys.exit(f"{program} with SLUICE_DEBUG={debug} ended with {done.returncode}\n{done.stderr}")
