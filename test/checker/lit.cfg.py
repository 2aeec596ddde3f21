# How the checker's tests are run. The paths come from lit.site.cfg.py, which CMake writes.
import os
import sys

import lit.formats

config.name = "checker"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".c", ".cpp", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)


def tool(name):
    return os.path.join(config.llvm_tools, name)


# Every check test has one RUN line: `%check_all %s`, with compiler arguments after `--` where it needs some.
config.substitutions += [
    (
        "%check_all",
        " ".join(
            [
                sys.executable,
                os.path.join(config.test_source_root, "check_all.py"),
                "--clang", tool("clang"),
                "--tidy", tool("clang-tidy"),
                "--plugin", config.plugin,
                "--module", config.tidy_module,
                "--sluice-check", config.sluice_check,
                "--runtime-include", config.runtime_include,
            ]
        ),
    ),
    ("%sluice_check", config.sluice_check),
    ("%plugin", config.plugin),
    ("%tidy_module", config.tidy_module),
    ("%runtime_include", config.runtime_include),
    ("%clangxx", tool("clang++")),
    ("%clang_tidy", tool("clang-tidy")),
    ("%FileCheck", tool("FileCheck")),
    ("%not", tool("not")),
    ("%count", tool("count")),
    ("%sarif", sys.executable + " " + os.path.join(config.test_source_root, "sarif_structure.py")),
    ("%exits", sys.executable + " " + os.path.join(config.test_source_root, "exit_status.py")),
    ("%headers", sys.executable + " " + os.path.join(config.test_source_root, "headers.py")),
    ("%ended_by", sys.executable + " " + os.path.join(config.test_source_root, "ended_by.py")),
]
