#!/usr/bin/env python3
"""Plants breaches of the layer table in a small tree: tools/check_layers must name each."""
import os
import subprocess
import sys
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
TOOL = os.path.join(TOP, "tools", "check_layers")

# Enough of a tree for includes to resolve in.
CLEAN = {
    "runtime/include/sluice/detail/event.hpp": "#include <atomic>\n",
    "runtime/include/sluice/mutex.hpp": '#include "sluice/detail/event.hpp"\n',
    "runtime/include/sluice/chan.hpp": "#include <optional>\n",
    "runtime/src/base/futex.hpp": "#include <linux/futex.h>\n",
    "runtime/src/fiber/stack.hpp": '#include "base/futex.hpp"\n#include <sys/mman.h>\n',
    "runtime/src/sched/park.hpp":
        '#include "fiber/stack.hpp"\n#include "sluice/detail/event.hpp"\n',
    "runtime/src/sched/worker.hpp": '#include "park.hpp"\n',
    "runtime/src/sync/mutex.cpp": '#include "sched/park.hpp"\n#include "sluice/mutex.hpp"\n',
    "runtime/src/debug/hub.hpp": '#include "sluice/detail/event.hpp"\n',
    "runtime/src/boot/boot.cpp": '#include "debug/hub.hpp"\n#include "sched/worker.hpp"\n',
    "checker/src/paths.cpp": "#include <clang/Analysis/CFG.h>\n",
    "examples/hello.cpp": "#include <sluice/mutex.hpp>\n",
    "test/unit/sync/mutex_test.cpp": '#include <gtest/gtest.h>\n#include "sched/worker.hpp"\n',
}

# One planted file each: path, line, and what the tool must say of it.
PLANTED = [
    ("runtime/include/sluice/detail/bad.hpp", '#include "sluice/mutex.hpp"',
     "layer detail may include only"),
    ("runtime/include/sluice/bad.hpp", "#include <unistd.h>", "layer public may include only"),
    ("runtime/src/base/bad.cpp", '#include "fiber/stack.hpp"', "layer base may include only"),
    ("runtime/src/fiber/bad.cpp", '#include "../sched/park.hpp"', "layer fiber may include only"),
    ("runtime/src/sched/bad.cpp", '#include "sluice/chan.hpp"', "layer sched may include only"),
    ("runtime/src/sync/bad.cpp", '#include "sched/worker.hpp"', "layer sync may include only"),
    ("runtime/src/sync/bad.cpp", "#include <sluice/chan.hpp>", "layer sync may include only"),
    ("runtime/src/chan/bad.cpp", '#include "debug/hub.hpp"', "layer chan may include only"),
    ("runtime/src/debug/bad.cpp", '#include "sched/park.hpp"', "layer debug may include only"),
    ("runtime/src/debug/bad.cpp", "#include <libunwind.h>", "layer debug may include only"),
    ("runtime/src/base/bad.cpp", "#include <boost/context.hpp>", "layer base may include only"),
    ("checker/src/bad.cpp", '#include "sluice/mutex.hpp"', "layer checker may include only"),
    ("clang-plugin/bad.cpp", '#include "../checker/paths.hpp"', "which is no file of this tree"),
    ("examples/bad.cpp", ' #  include "sluice/detail/event.hpp"',
     "layer examples may include only"),
    ("test/conformance/bad.cpp", '#include "sched/park.hpp"', "layer user test may include only"),
    ("runtime/src/extra/bad.cpp", "#include <atomic>", "is in no folder of PLACES"),
]

# Lines that look like an include and are none.
INNOCENT = """// #include "debug/hub.hpp"
const char* text = "#include <boost/x.hpp>";
#if __has_include(<boost/x.hpp>)
"""


def run(root):
    command = [sys.executable, TOOL, "--root", root]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


class CheckLayers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for path, text in CLEAN.items():
            self.write(path, text)

    def write(self, path, text):
        path = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def test_clean_tree_passes(self):
        self.assertEqual(run(self.root), (0, ["check_layers: %d files, 0 breaches" % len(CLEAN)]))

    def test_comments_strings_and_probes_are_no_includes(self):
        self.write("runtime/src/base/innocent.cpp", INNOCENT)
        self.assertEqual(run(self.root)[0], 0)

    def test_each_planted_breach_is_the_only_one_named(self):
        for path, line, message in PLANTED:
            with self.subTest(path=path, line=line):
                self.write(path, "// one\n" + line + "\n")
                status, output = run(self.root)
                os.remove(os.path.join(self.root, path))
                self.assertEqual(status, 1)
                self.assertEqual(len(output), 2, output)
                number = 1 if "no folder" in message else 2
                self.assertTrue(output[0].startswith("%s:%d: " % (path, number)), output[0])
                self.assertIn(message, output[0])
                self.assertTrue(output[1].endswith(" 1 breaches"), output[1])

    def test_missing_root_is_an_error_of_its_own(self):
        self.assertEqual(run(os.path.join(self.root, "absent"))[0], 2)


if __name__ == "__main__":
    unittest.main(verbosity=1)
