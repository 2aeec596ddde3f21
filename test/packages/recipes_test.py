#!/usr/bin/env python3
"""The recipes for vcpkg and Conan, with stand-ins for both tools: the sources that they take and
the options that they set configure, give the libraries that they promise, and nothing else.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import types
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
options = None


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError("%s: exit %d\n%s%s" % (
            command, done.returncode, done.stdout, done.stderr))
    return done.stdout + done.stderr


def targets(listing):
    """The libraries and programs among what ninja lists."""
    return set(re.findall(r"^(lib\w+\.(?:a|so)|sluice-\w+|sluice_unit|example_hello): phony",
                          listing, re.MULTILINE))


STATIC = {"libsluice.a", "libsluice_hook.a"}
SHARED = STATIC | {"libsluice.so", "libsluice_hook.so"}


def stand_in_for_conan():
    """Modules of the names that the recipe imports; what it is told lands in the objects."""
    class Anything:
        def __init__(self, recipe=None):
            self.recipe, self.cache_variables = recipe, {}

        def generate(self):
            self.recipe.variables = self.cache_variables

    def copy(_, pattern, source, target):
        folder, _, name = pattern.rpartition("/")
        if name == "*":
            shutil.copytree(os.path.join(source, folder), os.path.join(target, folder))
        else:
            shutil.copy(os.path.join(source, pattern), target)

    names = {"conan": {"ConanFile": object}, "conan.tools": {},
             "conan.errors": {"ConanInvalidConfiguration": ValueError},
             "conan.tools.build": {"check_min_cppstd": lambda *_: None},
             "conan.tools.cmake": {"CMake": Anything, "CMakeToolchain": Anything,
                                   "cmake_layout": lambda *_: None},
             "conan.tools.files": {"copy": copy, "rmdir": lambda *_: None}}
    for name, contents in names.items():
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__dict__.update(contents)


class Recipes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_vcpkg(self):
        for linkage, expected in (("static", STATIC), ("dynamic", SHARED)):
            with self.subTest(linkage):
                folder = os.path.join(self.folder, linkage)
                os.mkdir(folder)
                said = run(options.cmake, "-DPORTFILE=" + os.path.join(
                    TOP, "packaging/vcpkg/ports/sluice/portfile.cmake"), "-DLINKAGE=" + linkage,
                    "-DFOLDER=" + folder, "-P", os.path.join(HERE, "vcpkg_stubs.cmake"))
                self.assertNotIn("not used by the project", said)
                with open(os.path.join(folder, "targets"), encoding="utf-8") as file:
                    self.assertEqual(targets(file.read()), expected)
                self.assertTrue(os.path.exists(os.path.join(folder, "packages/LICENSE")))

    def test_conan(self):
        stand_in_for_conan()
        sys.path.insert(0, os.path.join(TOP, "packaging/conan"))
        sys.dont_write_bytecode = True
        from conanfile import Sluice
        for shared, expected in ((False, STATIC), (True, SHARED)):
            with self.subTest(shared=shared):
                folder = os.path.join(self.folder, str(shared))
                recipe = Sluice()
                recipe.recipe_folder = os.path.join(TOP, "packaging/conan")
                recipe.export_sources_folder = os.path.join(folder, "sources")
                recipe.options = types.SimpleNamespace(shared=shared)
                os.makedirs(recipe.export_sources_folder)
                recipe.export_sources()
                recipe.generate()
                flags = ["-D%s=%s" % pair for pair in recipe.variables.items()]
                said = run(options.cmake, "-G", "Ninja", "-S", recipe.export_sources_folder,
                           "-B", os.path.join(folder, "build"), *flags)
                self.assertNotIn("not used by the project", said)
                listing = run(options.cmake, "--build", os.path.join(folder, "build"), "--target",
                              "help")
                self.assertEqual(targets(listing), expected)

    def test_versions_are_the_projects(self):
        with open(os.path.join(TOP, "packaging/vcpkg/ports/sluice/vcpkg.json"),
                  encoding="utf-8") as file:
            self.assertEqual(json.load(file)["version"], options.version)
        with open(os.path.join(TOP, "packaging/conan/conanfile.py"), encoding="utf-8") as file:
            self.assertIn('version = "%s"' % options.version, file.read())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("cmake", "version"):
        parser.add_argument("--" + flag, required=True)
    options = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
