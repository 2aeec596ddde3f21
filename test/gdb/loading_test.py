#!/usr/bin/env python3
"""gdb finds the commands by itself, from wherever the library is; and says what is wrong."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from support import LIBRARY, SCRIPT, SHARED, STATIC, Parked, gdb, gdb_all, rows

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
sys.path.insert(0, os.path.join(TOP, "test/examples"))
from transcripts import plain  # noqa: E402
BY_HAND = ("set auto-load python-scripts off", "source " + SCRIPT)


class Loading(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_gdb_declines_what_it_was_not_told_to_trust(self):
        for program in (STATIC, SHARED):
            with Parked(program, 1) as parked:
                text = gdb_all("-p", str(parked.process.pid), "-ex", "info goroutines")
                file = program if program == STATIC else os.path.realpath(LIBRARY)
                self.assertIn("add-auto-load-safe-path " + file, text)
                self.assertIn('Undefined info command: "goroutines"', text)
                trusting = ("add-auto-load-safe-path " + file,)
                self.assertEqual(len(rows(parked.gdb("info goroutines", first=trusting))), 5)

    def test_installed_and_stripped(self):
        prefix = os.path.join(self.folder, "usr")
        subprocess.run([os.environ["CMAKE"], "--install", os.environ["BUILD"], "--prefix", prefix,
                        "--strip"], check=True, capture_output=True)
        library = os.path.realpath(shutil.which("libsluice.so", os.F_OK, os.path.join(
            prefix, os.environ["LIBDIR"])))
        scripts = os.path.join(prefix, "share/gdb/auto-load")
        self.assertTrue(os.path.exists(scripts + library + "-gdb.py"))
        with Parked(SHARED, 1, LD_LIBRARY_PATH=os.path.dirname(library)) as parked:
            # Where gdb looks is a folder of its own, which a system has below /usr.
            for first in (("set auto-load scripts-directory " + scripts,
                           "set auto-load safe-path " + scripts),
                          ("set auto-load off", "source %s/share/sluice/sluice-gdb.py" % prefix)):
                text = parked.gdb("info goroutines", "goroutine 2 bt", first=first)
                self.assertEqual(len(rows(text)), 5, text)
                self.assertRegex(rows(text)[2][1], r"^chan receive parked\.cpp:\d+ .*wait_for_dish")
                # Its root has no name any more.
                self.assertRegex(text,
                                 r"(?s)wait_for_dish .* in \?\? \(\) from [^ ]*libsluice[^ ]*$")
                self.assertNotIn("corrupt", text)

    def test_nothing_is_left_among_the_names_of_the_user(self):
        names = "python print('names', sorted(globals()))"
        printed = [re.search("names .*", gdb(STATIC, first=first, commands=[names]))[0]
                   for first in (("set auto-load off",), BY_HAND)]
        self.assertEqual(printed[1], printed[0])

    def test_the_table_is_read_as_it_is_written(self):
        layout = gdb(LIBRARY, commands=["ptype sluice_debugger_view"])
        fields = re.findall(r"^ +.*\b(\w+);$", layout, re.MULTILINE)
        with open(SCRIPT, encoding="utf-8") as script:
            words = "".join(re.search(r"WORDS = \((.*?)\)\.split", script.read(), re.DOTALL)[1]
                            .split('"')).split()
        self.assertEqual(fields, words)
        self.assertIn("print words %d" % len(words), gdb(LIBRARY, commands=[
            'printf "print words %lu\\n", sluice_debugger_view.words']))


class Documentation(unittest.TestCase):
    def test_transcript(self):
        """What docs/debugging.md shows of gdb is what it prints."""
        with open(os.path.join(TOP, "docs/debugging.md"), encoding="utf-8") as file:
            block = re.search(r"^```\n\$ gdb -q build/release/(\S+)\n(.*?)^```$", file.read(),
                              re.MULTILINE | re.DOTALL)
        commands = re.findall(r"^\(gdb\) (.*)$", block[2], re.MULTILINE)
        shown = [plain(line) for line in block[2].splitlines()
                 if line != "..." and not line.startswith("(gdb) ")]
        text = gdb(os.path.join(os.environ["BUILD"], block[1]), commands=commands)
        printed = {plain(line) for line in text.splitlines()}
        self.assertEqual([line for line in shown if line not in printed], [], text)
        self.assertGreater(len(shown), 5)


class Errors(unittest.TestCase):
    def one_line(self, text, expected):
        self.assertRegex(text, expected)
        self.assertEqual(len(text.strip().splitlines()), 1, text)

    def test_no_runtime(self):
        for command in ("info goroutines", "goroutine 1 bt"):
            self.one_line(gdb("/bin/true", first=BY_HAND, commands=[command]),
                          "^no symbol sluice_debugger_view: this program has no sluice runtime")

    def test_no_process(self):
        self.one_line(gdb(STATIC, first=BY_HAND, commands=["info goroutines"]),
                      "^no process and no core file: `run`, `attach` or `core-file` first$")

    def test_no_run(self):
        text = gdb(STATIC, first=BY_HAND, commands=["break main", "run", "info goroutines",
                                                    "goroutine 1 bt"])
        self.assertIn("\nno goroutines: no sluice::run is under way\n", text)
        self.assertIn("\nno goroutine 1: it has ended or never was; `info goroutines` lists the 0",
                      text)

    def test_numbers(self):
        with Parked(SHARED, 1) as parked:
            self.one_line(parked.gdb("goroutine 99 bt"),
                          "^no goroutine 99: it has ended or never was; `info goroutines` lists "
                          "the 5 there are$")
            # 6 was the one that printed "parked".
            ended = max(set(range(1, 30)) & set(rows(parked.gdb("info goroutines")))) + 1
            self.one_line(parked.gdb("goroutine %d bt" % ended), "^no goroutine %d: it has" % ended)
            for words in ("", " 2", " x bt", " all", " -1 bt"):
                self.one_line(parked.gdb("goroutine" + words),
                              "^goroutine: a number or `all`, then a command: `goroutine 5 bt`")

    def test_other_version(self):
        with Parked(SHARED, 1) as parked:
            self.one_line(parked.gdb("set var *(long*)&sluice_debugger_view = 7",
                                     "info goroutines"),
                          "^the program's sluice has table version 7, and these commands read "
                          "version 1: source the sluice-gdb.py that came with its library$")


class Damaged(unittest.TestCase):
    """A program that died of writing at random: what can be found is, and gdb comes to an end."""

    def listed(self, *damage):
        with Parked(STATIC, 20) as parked:
            text = parked.gdb("set language c++", *("set var " + each for each in damage),
                              "info goroutines", "goroutine all bt")
            return text, rows(text)

    def test_numbers_of_arenas_and_slots(self):
        text, found = self.listed("*(long*)&sluice::fiber::g_arena_count = -1",
                                  "*(int*)&sluice::fiber::g_arenas[0].fresh = -1",
                                  "sluice::fiber::g_arenas[0].slots = -1",
                                  "sluice::fiber::g_arenas[1].fresh._M_i = 1000000",
                                  "sluice::fiber::g_arenas[1].slots = 100000000",
                                  "sluice::fiber::g_arenas[1].size_log2 = 16")
        self.assertEqual(len(found), 24, text)
        self.assertRegex(text, r"(?m)^\d+ stacks of goroutines can't be read\.")

    def test_number_of_workers(self):
        text, found = self.listed("sluice::detail::g_scheduler._M_b._M_p->worker_count_._M_i = -1")
        self.assertEqual(len(found), 24, text)
        self.assertIn("running on thread", text)

    def test_control_block(self):
        goroutine = ("((sluice::detail::Goroutine*)(*(char**)&sluice::fiber::g_arenas[0] + 65536 "
                     "- sluice_debugger_view.goroutine_below_top + 69632 * %d))->")
        text, found = self.listed(goroutine % 3 + "fiber.sp = 16", goroutine % 4 + "name = 16",
                                  goroutine % 5 + "reason = 77",
                                  goroutine % 6 + "status = 1000")
        self.assertEqual(len(found), 23, text)
        self.assertIn(": its stack pointer does not point to its stack\n", text)
        self.assertEqual(sum(name == "?" for name, _ in found.values()), 1, text)
        self.assertEqual(sum(place.startswith("waiting ") for _, place in found.values()), 1, text)


if __name__ == "__main__":
    unittest.main()
