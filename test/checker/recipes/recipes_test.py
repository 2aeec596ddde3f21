#!/usr/bin/env python3
"""Runs each recipe of docs/ci.md in a small project under git: with a mistake in it, and without.

  recipes_test.py --sluice-check FILE --tidy-module FILE [TEST...]
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import page

HERE = pathlib.Path(__file__).resolve().parent
SARIF = HERE.parent / "sarif_structure.py"
BAZEL = HERE.parents[2] / "checker/bazel"

CMAKE = """cmake_minimum_required(VERSION 3.25)
project(small CXX)
set(CMAKE_CXX_STANDARD 20)
add_library(small STATIC stock.cpp)
"""
LEAKY = """#include <mutex>
std::mutex stock_mu;
int take(int wanted) {
  stock_mu.lock();
  if (wanted < 0) return 0;
  stock_mu.unlock();
  return wanted;
}
"""
CLEAN = LEAKY.replace("wanted < 0) return 0;", "wanted < 0) wanted = 0;")
BROKEN = "int take(int wanted) { return want; }\n"
CHECK = "sluice-missing-unlock"
GITLAB_SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


class Recipe(unittest.TestCase):
    """A project of its own for each test, and a PATH on which the checker is."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sluice-recipe-", ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.project = self.folder / "project"
        self.project.mkdir()
        bin_folder = self.folder / "bin"
        bin_folder.mkdir()
        (bin_folder / "sluice-check").symlink_to(options.sluice_check)
        self.environment = {
            **os.environ,
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PRE_COMMIT_HOME": str(self.folder / "pre-commit"),
        }
        for name in ("AUTHOR", "COMMITTER"):
            self.environment.update({f"GIT_{name}_NAME": "n", f"GIT_{name}_EMAIL": "n@example.org"})
        self.run_all(["git init -q -b main ."])
        self.write(CLEAN)
        self.run_all(["git add .", "git commit -q -m first"])

    def write(self, source, cmake=CMAKE):
        (self.project / "CMakeLists.txt").write_text(cmake)
        (self.project / "stock.cpp").write_text(source)

    def run_one(self, command):
        """As a CI host runs a line: in bash, which ends at the first failure."""
        return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", command], cwd=self.project,
                              env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)

    def run_all(self, commands):
        """Each has to work."""
        for command in commands:
            done = self.run_one(command)
            self.assertEqual(done.returncode, 0, f"{command}\n{done.stdout}")

    def fails_with(self, command, text):
        done = self.run_one(command)
        self.assertNotEqual(done.returncode, 0, done.stdout)
        self.assertIn(text, done.stdout)


class CMake(Recipe):
    def build(self, source):
        recipe = page.block("With CMake")
        self.write(source, CMAKE.replace("add_library", recipe + "add_library"))
        self.run_all([f"cmake -B build -DSLUICE_TIDY={options.tidy_module}"])
        return "cmake --build build"

    def test_a_finding_ends_the_build(self):
        self.fails_with(self.build(LEAKY), f"error: 'stock_mu' is still locked when 'take' returns "
                                           f"here; it was locked on line 4 [{CHECK}")

    def test_a_clean_file_is_built(self):
        self.run_all([self.build(CLEAN)])


class GitHub(Recipe):
    COMMANDS = page.commands("GitHub", r"^ +- run: (.*)$")

    def results(self, commands=None):
        self.run_all(commands or self.COMMANDS)
        report = self.project / re.search(r"sarif_file: (\S+)", page.block("GitHub"))[1]
        subprocess.run([sys.executable, SARIF, report], check=True)
        return json.loads(report.read_text())["runs"][0]["results"]

    def test_a_finding_is_in_the_report(self):
        self.write(LEAKY)
        for _ in range(2):  # the second time out of the cache
            found = self.results()
            self.assertEqual([each["ruleId"] for each in found], [CHECK])
            place = found[0]["locations"][0]["physicalLocation"]
            self.assertEqual(place["artifactLocation"]["uri"], "stock.cpp")
            self.assertEqual(place["region"]["startLine"], 5)
        self.assertTrue(list((self.project / ".sluice-cache").iterdir()))

    def test_a_clean_project_has_an_empty_report(self):
        self.assertEqual(self.results(), [])

    def test_a_file_that_does_not_compile_fails_the_job(self):
        self.write(BROKEN)
        self.run_all(self.COMMANDS[:-1])
        self.fails_with(self.COMMANDS[-1], "stock.cpp: does not compile: ")

    def test_only_what_a_pull_request_changes(self):
        self.write(LEAKY)
        self.run_all(["git commit -q -a -m old", "git clone -q . ../clone"])
        self.project = self.folder / "clone"
        addition = re.search(r"`(--diff [^`]*)`", page.section("GitHub"))[1]
        addition = addition.replace("${{ github.base_ref }}", "main")
        commands = [*self.COMMANDS[:-1], self.COMMANDS[-1].replace(" ||", f" {addition} ||")]
        self.assertEqual(self.results(commands), [])
        self.write(LEAKY + LEAKY.split("stock_mu;\n")[1].replace("take", "put"))
        lines = [each["locations"][0]["physicalLocation"]["region"]["startLine"]
                 for each in self.results(commands)]
        self.assertEqual(lines, [11])


class GitLab(Recipe):
    COMMANDS = page.commands("GitLab", r"^    - (.*)$")

    def report(self):
        self.run_all(self.COMMANDS)
        name = re.search(r"codequality: (\S+)", page.block("GitLab"))[1]
        return json.loads((self.project / name).read_text())

    def test_a_finding_has_what_code_quality_asks_for(self):
        self.write(LEAKY)
        found, = self.report()
        self.assertIn("'stock_mu' is still locked", found["description"])
        self.assertEqual(found["check_name"], CHECK)
        self.assertRegex(found["fingerprint"], r"^[0-9a-f]{16}$")
        self.assertIn(found["severity"], GITLAB_SEVERITIES)
        self.assertEqual(found["location"], {"path": "stock.cpp", "lines": {"begin": 5}})

    def test_a_clean_project_has_an_empty_report(self):
        self.assertEqual(self.report(), [])

    def test_a_file_that_does_not_compile_fails_the_job(self):
        self.write(BROKEN)
        self.run_all(self.COMMANDS[:-1])
        self.fails_with(self.COMMANDS[-1], "stock.cpp: does not compile: ")


@unittest.skipUnless(shutil.which("pre-commit"), "pre-commit is not installed")
class PreCommit(Recipe):
    def commit(self, source):
        (self.project / ".pre-commit-config.yaml").write_text(page.block("Before each commit"))
        self.run_all(["cmake -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "pre-commit install",
                      "git add .pre-commit-config.yaml"])
        self.write(source)
        return "git commit -a -m second"

    def test_a_commit_with_a_finding_is_refused(self):
        self.fails_with(self.commit(LEAKY), f"[{CHECK}]")

    def test_a_clean_commit_is_made(self):
        self.run_all([self.commit(CLEAN + "int more;\n")])


class Baseline(Recipe):
    def test_what_is_known_is_not_told_again(self):
        self.write(LEAKY)
        self.run_all(["cmake -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON"])
        write, read = page.commands("Old code", r"^(sluice-check .*)$")
        self.run_all([write, read])
        self.write(LEAKY + LEAKY.split("stock_mu;\n")[1].replace("take", "put"))
        self.fails_with(read, "when 'put' returns here")


class OwnLocks(Recipe):
    SOURCE = """int table_lock(int* table);
int table_unlock(int* table);
int table_trylock(int* table);
int put(int* table, int wanted) {
  table_lock(table);
  if (wanted < 0) return 0;
  table_unlock(table);
  return wanted;
}
int try_put(int* table, int wanted) {
  if (table_trylock(table) != 0) return 0;
  if (wanted < 0) return 0;
  table_unlock(table);
  return wanted;
}
"""

    def test_the_locks_of_the_page_are_known(self):
        self.run_all(["cmake -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON"])
        self.write(self.SOURCE)
        self.run_all(["sluice-check -p build"])
        (self.project / ".sluice-check.yaml").write_text(page.block("Locks of your own"))
        self.fails_with("sluice-check -p build", "when 'put' returns here")
        self.fails_with("sluice-check -p build", "when 'try_put' returns here")


@unittest.skipUnless(shutil.which("bazel"), "bazel is not installed")
class Bazel(Recipe):
    """With the rules that bazel would fetch from the network standing in their places by name."""
    STANDING_IN = {
        "rules_cc/cc": ("cc_binary", "cc_import", "cc_library", "cc_proto_library", "cc_test",
                        "cc_toolchain", "cc_toolchain_suite", "fdo_prefetch_hints", "fdo_profile"),
        "rules_java/java": ("java_import", "java_library", "java_runtime", "java_toolchain"),
    }

    def command(self, source):
        shutil.copy(BAZEL / "sluice_check.bzl", self.project)
        (self.project / "WORKSPACE").touch()
        (self.project / "BUILD").write_text('cc_library(name = "small", srcs = ["stock.cpp"])\n')
        self.write(source)
        overrides = ""
        for place, names in self.STANDING_IN.items():
            repository = place.split("/")[0]
            folder = self.folder / place
            folder.mkdir(parents=True)
            (folder / "BUILD").touch()
            (folder / "defs.bzl").write_text("".join(f"{name} = native.{name}\n" for name in names))
            (folder.parent / "WORKSPACE").touch()
            overrides += f" --override_repository={repository}={self.folder / repository}"
        line, = page.commands("Bazel", r"^bazel (.*)$")
        return f"bazel --batch --output_user_root={self.folder / 'bazel'} {line}{overrides}"

    def test_a_finding_ends_the_build(self):
        self.fails_with(self.command(LEAKY), f"[{CHECK}]")

    def test_a_clean_target_is_built(self):
        self.run_all([self.command(CLEAN)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for each in ("sluice-check", "tidy-module"):
        parser.add_argument("--" + each, required=True, type=os.path.abspath)
    options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
