# How the reports are checked: programs that CMake has built are run, and what they print is held against the comments of
# their sources. The paths come from lit.site.cfg.py, which CMake writes.
import os
import sys

import lit.formats

config.name = "reports"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".cpp", ".test"]
config.test_source_root = os.path.dirname(__file__)
config.environment["SLUICE_WORKERS"] = "2"
for variable in ("SLUICE_DEBUG", "DEBUGINFOD_URLS"):
    config.environment.pop(variable, None)
for variable in ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"):
    if variable in os.environ:
        config.environment[variable] = os.environ[variable]
if not config.sanitize:  # a sanitizer takes pthread_mutex_lock over for itself
    config.available_features.add("os-locks")
config.substitutions += [
    ("%programs", config.programs),
    ("%FileCheck", os.path.join(config.llvm_tools, "FileCheck")),
    ("%not", os.path.join(config.llvm_tools, "not")),
    ("%python", sys.executable),
]
# Under a sanitizer the heap is not searched: goroutines that only memory tells to be lost are not found.
if not config.sanitize:
    config.available_features.add("leak-scan")
# asan: local variables are in frames of its own, which no register of the caller's leads to: they have no names. tsan: has
# an opinion of its own on programs that start threads in handlers of signals or use what is gone; a process would wait for
# a second at its end.
if "address" in config.sanitize:
    config.available_features.add("asan")
if "thread" in config.sanitize:
    config.available_features.add("tsan")
    config.environment.setdefault("TSAN_OPTIONS", "atexit_sleep_ms=20")
