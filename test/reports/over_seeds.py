# over_seeds.py N PROGRAM: runs PROGRAM in checked mode under the seeds 1 to N, and expects each run to say nothing and to
# end with status 0.
import os
import subprocess
import sys

count, program = int(sys.argv[1]), sys.argv[2]
for seed in range(1, count + 1):
    debug = f"check,seed={seed}"
    try:
        done = subprocess.run([program], env={**os.environ, "SLUICE_DEBUG": debug}, capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired as late:
        sys.exit(f"{program} with SLUICE_DEBUG={debug} did not end\n{(late.stderr or b'').decode(errors='replace')}")
    if done.returncode != 0 or done.stderr:
        sys.exit(f"{program} with SLUICE_DEBUG={debug} ended with {done.returncode}\n{done.stderr}")
