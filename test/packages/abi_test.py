#!/usr/bin/env python3
"""The shared library's interface is the one on record, and packaging/abi/check.py can tell."""
import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
# A library of two functions and a type, and the same after changes.
FIRST = """#define SHOWN __attribute__((visibility("default")))
namespace sluice { struct Point { int x; int y; };
SHOWN int far(Point p) { return p.x + p.y; }
SHOWN int near() { return 1; } }
"""
ADDED = FIRST + "namespace sluice { SHOWN int more() { return 2; } }\n"
GONE = FIRST.replace("SHOWN int near", "int near")
LARGER = FIRST.replace("int y;", "int y; long z;")
options = None


class Abi(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def check(self, library, *arguments, script=os.path.join(TOP, "packaging/abi/check.py")):
        return subprocess.run([sys.executable, script, "--library", library, *arguments],
                              capture_output=True, text=True, check=False)

    def test_interface_is_the_one_on_record(self):
        done = self.check(options.library)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        self.assertNotIn("nothing is on record", done.stdout)

    def test_record_names_no_folder_of_anybody(self):
        for name in os.listdir(os.path.join(TOP, "packaging/abi")):
            if name.endswith(".abi"):
                with open(os.path.join(TOP, "packaging/abi", name), encoding="utf-8") as file:
                    paths = set(re.findall(r"path='(/[^']*)'", file.read()))
                self.assertEqual([path for path in paths if not path.startswith("/usr/")], [])

    def test_changes_are_told(self):
        # A tree of its own, whose public header is the source.
        script = os.path.join(self.folder, "packaging/abi/check.py")
        headers = os.path.join(self.folder, "runtime/include")
        for folder in (os.path.dirname(script), headers):
            os.makedirs(folder)
        shutil.copy(os.path.join(TOP, "packaging/abi/check.py"), script)
        library = os.path.join(self.folder, "libsluice.so")
        for source, arguments, status, said in (
                (FIRST, (), 0, "nothing is on record"),
                (FIRST, ("--update",), 0, ""),
                (FIRST, (), 0, ""),
                (ADDED, (), 0, ""),
                (GONE, (), 1, "sluice::near()"),
                (LARGER, (), 1, "long int z")):
            with self.subTest(source=source):
                file = os.path.join(headers, "api.cpp")
                with open(file, "w", encoding="utf-8") as text:
                    text.write(source)
                subprocess.run([options.cxx, "-g", "-shared", "-fPIC", "-fvisibility=hidden", file,
                                "-o", library], check=True)
                done = self.check(library, *arguments, script=script)
                self.assertEqual((done.returncode, done.stderr), (status, ""), done.stdout)
                self.assertIn(said, done.stdout)

    def test_no_library(self):
        done = self.check("nowhere/libsluice.so")
        self.assertEqual((done.returncode, done.stderr),
                         (2, "check.py: there is no library 'nowhere/libsluice.so'\n"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--library", required=True)
    parser.add_argument("--cxx", required=True)
    options = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
