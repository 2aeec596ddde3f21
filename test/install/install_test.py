#!/usr/bin/env python3
"""Installs a build, moves the prefix elsewhere, and uses it as strangers would.

Checks what lies in the prefix, what the shared library needs and shows, and that one program builds
and runs with find_package, with pkg-config and as a subdirectory. Knows nothing of how the library
works.
"""
import argparse
import glob
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.realpath(__file__))
MAY_NEED = re.compile(r"^(libc|libm|libgcc_s|libstdc\+\+)\.so\.\d+$|^ld-linux.*\.so\.\d+$")
# Functions and data of namespace sluice, tables and type information of its classes, and C names
# that begin sluice_.
MAY_SHOW = re.compile(r"^_ZNK?6sluice|^_ZT([VIST]|[hv].*)N6sluice|^_ZGVN6sluice|^sluice_|"
                      r"^pthread_mutex_(lock|trylock|unlock)$")
options = None


def run(*command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        raise AssertionError("%s: exit %d\n%s%s" % (
            shlex.join(command), done.returncode, done.stdout, done.stderr))
    return done.stdout


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        first = os.path.join(folder.name, "first")
        run(options.cmake, "--install", options.build, "--prefix", first)
        # Used from another place than it was installed to: nothing in it may remember the first.
        cls.prefix = os.path.join(folder.name, "moved")
        os.rename(first, cls.prefix)
        cls.lib = os.path.join(cls.prefix, options.libdir)

    def build_and_run(self, name, *flags, output="sum 10\n", **more):
        build = os.path.join(self.folder, name)
        source = os.path.join(HERE, name.split(".")[0])
        run(options.cmake, "-G", "Ninja", "-S", source, "-B", build,
            "-DCMAKE_CXX_COMPILER=" + options.cxx, *flags)
        run(options.cmake, "--build", build)
        self.assertEqual(run(os.path.join(build, "consumer"), **more), output)

    def test_files_are_there(self):
        expected = ["include/sluice/sluice.hpp", "include/sluice/detail/export.hpp"]
        expected += [os.path.join(options.libdir, name) for name in (
            "libsluice.a", "libsluice.so", "libsluice_hook.a", "libsluice_hook.so",
            "cmake/sluice/sluiceConfig.cmake",
            "pkgconfig/sluice.pc")]
        if options.stress:
            expected.append("bin/sluice-stress")
        if options.report:
            expected.append("bin/sluice-report")
        if options.top:
            expected.append("bin/sluice-top")
        if options.checker:
            expected += ["bin/sluice-check", os.path.join(options.libdir, "libsluice-tidy.so"),
                         os.path.join(options.libdir, "libsluice-plugin.so")]
        missing = [name for name in expected if not os.path.exists(os.path.join(self.prefix, name))]
        self.assertEqual(missing, [])

    def test_no_text_file_names_a_folder_of_the_build(self):
        places = (options.source, options.build, self.folder)
        found = []
        for folder, _, names in os.walk(self.prefix):
            for name in names:
                if name.endswith((".cmake", ".pc", ".hpp")):
                    with open(os.path.join(folder, name), encoding="utf-8") as file:
                        text = file.read()
                    found += [name for place in places if place in text]
        self.assertEqual(found, [])

    def test_shared_library_needs_only_the_c_and_cxx_runtimes(self):
        dynamic = run("readelf", "-dW", os.path.join(self.lib, "libsluice.so"))
        needed = re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic)
        self.assertTrue(needed)
        self.assertEqual([name for name in needed if not MAY_NEED.match(name)], [])
        self.assertEqual(re.findall(r"\(SONAME\).*\[(.*)\]", dynamic), ["libsluice.so.0"])
        self.assertEqual(re.findall(r"\((?:RPATH|RUNPATH|TEXTREL)\).*", dynamic), [])

    def test_shared_library_shows_only_its_own_names(self):
        output = run("nm", "-D", "--defined-only", os.path.join(self.lib, "libsluice.so"))
        symbols = [line.split() for line in output.splitlines()]
        # Absolute symbols are the names of symbol versions.
        names = [words[-1].split("@")[0] for words in symbols if words[-2] != "A"]
        self.assertTrue(names)
        self.assertEqual([name for name in names if not MAY_SHOW.match(name)], [])

    def test_find_package_shared(self):
        self.build_and_run("find_package.shared", "-DLIBRARY=sluice::sluice",
                           "-DCMAKE_PREFIX_PATH=" + self.prefix)
        program = os.path.join(self.folder, "find_package.shared", "consumer")
        self.assertIn("[libsluice.so.0]", run("readelf", "-dW", program))

    def test_find_package_static(self):
        self.build_and_run("find_package.static", "-DLIBRARY=sluice::sluice_static",
                           "-DCMAKE_PREFIX_PATH=" + self.prefix)
        program = os.path.join(self.folder, "find_package.static", "consumer")
        self.assertNotIn("libsluice", run("readelf", "-dW", program))

    def hooked(self, name, libraries, output, **more):
        self.build_and_run("find_package." + name, "-DSOURCE=hooked.cpp", "-DLIBRARY=" + libraries,
                           "-DCMAKE_PREFIX_PATH=" + self.prefix, output=output, **more)

    def test_hooks_shared(self):
        self.hooked("hook_shared", "sluice::hook", "parked\n")

    def test_hooks_static(self):
        self.hooked("hook_static", "sluice::sluice_hook_static", "parked\n")

    def test_hooks_are_loaded_into_a_program_that_does_not_link_them(self):
        self.hooked("unhooked", "sluice::sluice", "blocked\n")
        hooks = os.path.join(self.lib, "libsluice_hook.so")
        # The loader looks for libsluice.so once, and finds the program's.
        environment = dict(os.environ, LD_PRELOAD=hooks, LD_LIBRARY_PATH=self.lib)
        program = os.path.join(self.folder, "find_package.unhooked", "consumer")
        self.assertEqual(run(program, env=environment), "parked\n")

    def test_add_subdirectory(self):
        self.build_and_run("add_subdirectory", "-DSLUICE_SOURCE=" + options.source)

    def test_cmake_as_the_documentation_has_it(self):
        """Each block of CMake but those of docs/ci.md, with what it takes for granted around it."""
        pages = [os.path.join(options.source, "README.md"),
                 *glob.glob(os.path.join(options.source, "docs/*.md"))]
        blocks = []
        for page in sorted(pages):
            with open(page, encoding="utf-8") as file:
                if os.path.basename(page) != "ci.md":
                    blocks += re.findall(r"^```cmake\n(.*?)^```$", file.read(),
                                         re.MULTILINE | re.DOTALL)
        self.assertGreaterEqual(len(blocks), 5)
        for number, block in enumerate(blocks):
            with self.subTest(block):
                self.build_block("block%d" % number, block)

    def build_block(self, name, block):
        lists = "cmake_minimum_required(VERSION 3.25)\nproject(app LANGUAGES CXX)\n"
        if "add_executable" not in block:
            lists += "add_executable(app main.cpp)\n"
        lists += block.replace("/path/to/sluice", options.source)
        if "(sluice" not in block:
            lists += "find_package(sluice REQUIRED)\n"
        if "target_link_libraries" not in block:
            lists += "target_link_libraries(app PRIVATE sluice::sluice)\n"
        source, build = [os.path.join(self.folder, name + end) for end in ("", "-build")]
        os.mkdir(source)
        with open(os.path.join(source, "CMakeLists.txt"), "w", encoding="utf-8") as file:
            file.write(lists)
        shutil.copy(os.path.join(HERE, "consumer.cpp"), os.path.join(source, "main.cpp"))
        run(options.cmake, "-G", "Ninja", "-S", source, "-B", build,
            "-DCMAKE_CXX_COMPILER=" + options.cxx, "-DCMAKE_PREFIX_PATH=" + self.prefix)
        # All of sluice is compiled by test_add_subdirectory; that there is such a target is known.
        if "FetchContent" not in block:
            run(options.cmake, "--build", build)
            self.assertEqual(run(os.path.join(build, "app")), "sum 10\n")

    def pkg_config(self, *flags):
        environment = dict(os.environ, PKG_CONFIG_PATH=os.path.join(self.lib, "pkgconfig"))
        return shlex.split(run("pkg-config", *flags, "sluice", env=environment))

    def test_pkg_config(self):
        program = os.path.join(self.folder, "pkg_config")
        run(options.cxx, "-std=c++20", os.path.join(HERE, "consumer.cpp"), "-o", program,
            *self.pkg_config("--cflags", "--libs"))
        self.assertEqual(run(program, env=dict(os.environ, LD_LIBRARY_PATH=self.lib)), "sum 10\n")
        self.assertEqual(self.pkg_config("--modversion"), ["0.1.0"])

    def test_pkg_config_static(self):
        program = os.path.join(self.folder, "pkg_config_static")
        run(options.cxx, "-std=c++20", "-static", os.path.join(HERE, "consumer.cpp"), "-o", program,
            *self.pkg_config("--static", "--cflags", "--libs"))
        self.assertEqual(run(program), "sum 10\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("source", "build", "cmake", "cxx", "libdir"):
        parser.add_argument("--" + flag, required=True)
    parser.add_argument("--checker", action="store_true", help="the build holds the checker too")
    parser.add_argument("--stress", action="store_true", help="the build holds sluice-stress too")
    parser.add_argument("--report", action="store_true", help="the build holds sluice-report too")
    parser.add_argument("--top", action="store_true", help="the build holds sluice-top too")
    options = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
