#!/usr/bin/env python3
"""The tests of the documentation's code are held against code that they must refuse."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(sys.argv.pop(1))  # below the tree, as the pages of the tests then are


class Documented(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=BUILD)
        self.addCleanup(folder.cleanup)
        self.page = pathlib.Path(folder.name) / "page.md"

    def run_on(self, text, tool, *arguments):
        self.page.write_text(text)
        done = subprocess.run([sys.executable, HERE / tool, *arguments, self.page], check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    def refused(self, text, says, tool, *arguments):
        status, output = self.run_on(text, tool, *arguments)
        self.assertEqual(status, 1, output)
        self.assertIn(says, output)

    def test_a_block_that_no_test_covers(self):
        status, output = self.run_on("```cpp\nint a;\n```\n", "coverage.py")
        self.assertEqual(status, 0, output)
        self.assertIn("coverage: 1 blocks of code, 0 not covered", output)
        self.refused("\n```yaml\na: b\n```\n", "page.md:2: this block is covered by no test",
                     "coverage.py")
        self.refused("<!-- tested by: test/stalls/stalls_test.py -->\n```\na\n```\n",
                     "page.md:2: this block is covered by no test", "coverage.py")

    def shell(self, command, says):
        self.refused(f"```sh\n{command}\n```\n", says, "shell.py", "--build", BUILD)

    def test_commands_that_can_not_be(self):
        status, output = self.run_on("```sh\ntools/test unit && SLUICE_DEBUG=1 ./app --any  # so\n"
                                     "cmake --preset release\ntools/setup --bench\n```\n",
                                     "shell.py", "--build", BUILD)
        self.assertEqual(status, 0, output)
        self.shell("echo 'a", "unexpected EOF")
        self.shell("tools/tests", "there is no tools/tests")
        self.shell("tools/test units", "tools/test has no stage 'units'")
        self.shell("tools/setup --benches", "tools/setup has no option --benches")
        self.shell("cmake --preset fast", "there is no preset 'fast'")
        self.shell("build/release/no_program", "nothing builds build/release/no_program")
        self.shell("SLUICE_DEBUGS=1 ./app", "the runtime does not look at SLUICE_DEBUGS")
        self.shell("cmakee --build .", "cmakee is none of bazel, cmake")

    def test_an_output_that_is_another(self):
        hello = "build/release/examples/example_hello"
        for text in (f"```\n$ {hello}\nhallo\n```\n",
                     f"<!-- output of: {hello} -->\n```\nhallo\n```\n"):
            with self.subTest(text):
                self.refused(text, "does not print:\n    hallo", "transcripts.py", "--build",
                             BUILD)
                status, output = self.run_on(text.replace("hallo", "hello"), "transcripts.py",
                                             "--build", BUILD)
                self.assertEqual(status, 0, output)

    def test_suppressions_that_no_program_takes(self):
        self.refused("<!-- suppressions -->\n```\norders:a\n```\n", "orders", "transcripts.py",
                     "--build", BUILD)


if __name__ == "__main__":
    unittest.main()
