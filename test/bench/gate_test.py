"""bench/gate.py over programs and baselines that are made up; valgrind counts for real."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

GATE = os.path.join(os.path.dirname(__file__), "..", "..", "bench", "gate.py")
# A row that does ten operations each time.
PROGRAM = """#include <cstdio>
#include <cstdlib>
#include <cstring>
int main(int, char** argv) {
  if (std::strcmp(argv[2], "mutex") != 0) return std::strcmp(argv[2], "timer") == 0 ? 1 : 3;
  volatile long sum = 0;
  const int count = 10'000 * std::atoi(argv[3]);
  for (int i = 0; i < count; ++i) sum = sum + i;
  std::printf("10\\n");
}
"""


class GateTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.program = os.path.join(cls.folder.name, "program")
        subprocess.run([os.environ.get("CXX", "g++"), "-O1", "-x", "c++", "-", "-o", cls.program],
                       input=PROGRAM, text=True, check=True)
        cls.file = os.path.join(cls.folder.name, "baseline.json")
        cls.write({})
        cls.run_gate("--update")
        cls.agreed = cls.read()["mutex"]

    @classmethod
    def write(cls, baseline):
        with open(cls.file, "w", encoding="utf-8") as file:
            json.dump(baseline, file)

    @classmethod
    def read(cls):
        with open(cls.file, encoding="utf-8") as file:
            return json.load(file)

    @classmethod
    def run_gate(cls, *words, rows=("mutex",), env=None):
        named = [word for row in rows for word in ("--row", row)]
        done = subprocess.run([sys.executable, GATE, "--program", cls.program, "--baseline",
                               cls.file, *named, *words], capture_output=True, text=True,
                              check=False, env=env)
        return done.returncode, done.stdout, done.stderr

    def test_what_a_row_takes_is_counted_without_its_start(self):
        self.assertGreater(self.agreed, 3 * 1000)
        self.assertLess(self.agreed, 10 * 1000)

    def test_a_row_that_takes_what_was_agreed_on_passes(self):
        self.write({"mutex": self.agreed})
        status, output, _ = self.run_gate()
        self.assertEqual(status, 0)
        self.assertIn("1 passed, 0 failed", output)

    def test_a_row_that_takes_more_fails_and_says_how_much(self):
        self.write({"mutex": self.agreed / 1.06})
        status, output, _ = self.run_gate()
        self.assertEqual(status, 1)
        self.assertRegex(output, r"mutex +%.1f -> %.1f instructions, \+6\.0 %%: more than 5 %% above"
                         % (self.agreed / 1.06, self.agreed))
        self.assertIn("`bench/gate.py --update` changes bench/baseline.json", output)
        self.assertIn("0 passed, 1 failed", output)

    def test_four_percent_are_let_pass_and_said(self):
        self.write({"mutex": self.agreed / 1.04})
        status, output, _ = self.run_gate()
        self.assertEqual(status, 0)
        self.assertIn("instructions, +4.0 %", output)

    def test_a_row_that_is_gone_fails(self):
        self.write({"mutex": self.agreed, "cond": 5})
        status, output, _ = self.run_gate(rows=("mutex", "cond"))
        self.assertEqual(status, 1)
        self.assertRegex(output, "cond +is gone, and the baseline still has it")
        self.assertIn("1 passed, 1 failed", output)

    def test_a_row_that_is_new_fails(self):
        self.write({})
        status, output, _ = self.run_gate()
        self.assertEqual(status, 1)
        self.assertRegex(output, r"mutex +[\d.]+; is new, and not in the baseline")

    def test_update_agrees_and_forgets_what_is_gone(self):
        self.write({"cond": 5, "spawn": 7})
        status, _, _ = self.run_gate("--update", rows=("mutex", "cond"))
        self.assertEqual(status, 0)
        self.assertEqual(self.read(), {"spawn": 7, "mutex": self.agreed})

    def test_a_row_that_fails_is_said(self):
        status, _, error = self.run_gate(rows=("timer",))
        self.assertEqual(status, 1)
        self.assertIn("gate: row 'timer' failed (status 1)", error)

    def test_without_valgrind_nothing_passes(self):
        status, _, error = self.run_gate(env={"PATH": self.folder.name})
        self.assertEqual(status, 1)
        self.assertIn("gate: valgrind is missing", error)

    def test_what_is_asked_wrongly_is_told(self):
        self.assertIn("there is no row 'nothing'", self.run_gate(rows=("nothing",))[2])
        done = subprocess.run([sys.executable, GATE, "--program", "/none"], capture_output=True,
                              text=True, check=False)
        self.assertIn("/none is missing: tools/test gate builds it", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=1)
