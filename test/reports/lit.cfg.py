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
