#!/usr/bin/env python3
"""Makes the Debian packages, unpacks them into an empty root, and uses them as the README says.

Knows nothing of how the library works: only what lies where, what needs what, and that a program
outside the tree builds in four ways, hangs, and is explained.
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

options = None
PROGRAM = "examples/buggy/forgotten_unlock.cpp"  # the README's checker flags it, and it deadlocks
# One directory of a build, in the user's own project.
FROM_SOURCE = {
    "FetchContent": """include(FetchContent)
FetchContent_Declare(sluice SOURCE_DIR %s)
FetchContent_MakeAvailable(sluice)
""",
    "add_subdirectory": "add_subdirectory(%s sluice)\n",
}


def run(*command, status=0, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode != status:
        raise AssertionError("%s: exit %d\n%s%s" % (
            shlex.join(command), done.returncode, done.stdout, done.stderr))
    return done.stdout + done.stderr


def readme(pattern):
    with open(os.path.join(options.source, "README.md"), encoding="utf-8") as file:
        return re.search(pattern, file.read(), re.DOTALL | re.MULTILINE)


def packages():
    names = ["libsluice0", "libsluice-dev"]
    names += ["sluice-tools"] * (options.stress or options.top)
    return names + ["sluice-checker"] * options.checker


class Packages(unittest.TestCase):
    folder = None

    @classmethod
    def setUpClass(cls):
        if Packages.folder is None:
            folder = tempfile.TemporaryDirectory()
            unittest.addModuleCleanup(folder.cleanup)
            Packages.folder = folder.name
            Packages.make()

    @classmethod
    def make(cls):
        run(options.cpack, "--config", os.path.join(options.build, "CPackConfig.cmake"),
            "-B", os.path.join(cls.folder, "made"))
        cls.files = {}
        for file in glob.glob(os.path.join(cls.folder, "made", "*.deb")):
            cls.files[run("dpkg-deb", "-f", file, "Package").strip()] = file
        cls.root = os.path.join(cls.folder, "root")
        for file in cls.files.values():
            run("dpkg-deb", "-x", file, cls.root)
        cls.lib = os.path.join(cls.root, "usr", options.libdir)
        cls.environment = dict(os.environ, LD_LIBRARY_PATH=cls.lib, CCACHE_NOHASHDIR="1",
                               PKG_CONFIG_PATH=os.path.join(cls.lib, "pkgconfig"))

    def field(self, package, name):
        return run("dpkg-deb", "-f", self.files[package], name).strip()

    def contents(self, package):
        listing = run("dpkg-deb", "-c", self.files[package])
        return [line.split()[5][1:] for line in listing.splitlines() if not line.startswith("d")]


class Contents(Packages):
    def test_packages(self):
        self.assertEqual(sorted(self.files), sorted(packages()))
        architecture = run("dpkg", "--print-architecture").strip()
        for package in self.files:
            self.assertEqual(self.field(package, "Version"), options.version + "-1")
            self.assertEqual(self.field(package, "Architecture"), architecture)
            self.assertEqual(os.path.basename(self.files[package]), "%s_%s-1_%s.deb" % (
                package, options.version, architecture))
            self.assertNotEqual(self.field(package, "Description").count("\n"), 0)

    def needs(self, package):
        return {word.split()[0] for word in self.field(package, "Depends").split(", ")}

    def test_each_needs_what_its_files_need(self):
        self.assertEqual(self.needs("libsluice0"), {"libc6", "libgcc-s1", "libstdc++6"})
        self.assertIn("libsluice0 (= %s-1)" % options.version,
                      self.field("libsluice-dev", "Depends"))
        if options.stress or options.top:
            self.assertLessEqual(self.needs("sluice-tools") - {"python3"},
                                 {"libc6", "libgcc-s1", "libstdc++6"})
            self.assertEqual("python3" in self.needs("sluice-tools"), options.top)
        if options.checker:
            self.assertLessEqual({"libclang-cpp19", "libllvm19"}, self.needs("sluice-checker"))
            self.assertNotIn("libsluice0", self.needs("sluice-checker"))

    def test_others_can_find_out_that_they_need_it(self):
        run("dpkg-deb", "-e", self.files["libsluice0"], os.path.join(self.folder, "control"))
        with open(os.path.join(self.folder, "control", "shlibs"), encoding="utf-8") as file:
            self.assertIn("libsluice 0 libsluice0 (>= %s" % options.version, file.read())
        with open(os.path.join(self.folder, "control", "triggers"), encoding="utf-8") as file:
            self.assertIn("ldconfig", file.read())

    def test_each_file_is_in_one_package_and_what_is_installed_is_in_some(self):
        every = [file for package in self.files for file in self.contents(package)]
        self.assertEqual(len(every), len(set(every)))
        environment = dict(os.environ, DESTDIR=os.path.join(self.folder, "installed"))
        run(options.cmake, "--install", options.build, "--prefix", "/usr", env=environment)
        installed = {os.path.join(folder, name)[len(environment["DESTDIR"]):]
                     for folder, _, names in os.walk(environment["DESTDIR"]) for name in names}
        documents = {"/usr/share/doc/%s/copyright" % package for package in self.files}
        self.assertEqual(set(every) - documents, installed)
        self.assertLessEqual(documents, set(every))

    def test_gdb_finds_its_commands_beside_the_library(self):
        files = self.contents("libsluice0")
        library = "/usr/%s/libsluice.so.%s" % (options.libdir, options.version)
        self.assertIn(library, files)
        self.assertIn("/usr/share/gdb/auto-load%s-gdb.py" % library, files)

    def test_no_debug_information_and_no_folder_of_the_build(self):
        for name in os.listdir(self.lib):
            file = os.path.join(self.lib, name)
            if name.endswith(".a") or ".so" in name:
                self.assertNotIn(".debug_info", run("readelf", "-SW", file))
            if ".so" in name:
                self.assertNotRegex(run("readelf", "-dW", file), "RPATH|RUNPATH")
        for file in glob.glob(self.root + "/**/*", recursive=True):
            if file.endswith((".cmake", ".pc", ".hpp", "copyright")):
                with open(file, encoding="utf-8") as text:
                    self.assertNotRegex(text.read(), "%s|%s" % (options.build, self.folder))


class Programs(Packages):
    """Each has a folder of its own, outside the tree."""

    def project(self, name, lists):
        folder = os.path.join(self.folder, name)
        os.mkdir(folder)
        shutil.copy(os.path.join(options.source, PROGRAM), os.path.join(folder, "main.cpp"))
        if lists:
            with open(os.path.join(folder, "CMakeLists.txt"), "w", encoding="utf-8") as file:
                file.write("cmake_minimum_required(VERSION 3.25)\nproject(app LANGUAGES CXX)\n"
                           "set(CMAKE_EXPORT_COMPILE_COMMANDS ON)\n" + lists)
        return folder

    def build(self, folder, *flags):
        build = os.path.join(folder, "build")
        launcher = shutil.which("ccache")
        run(options.cmake, "-G", "Ninja", "-S", folder, "-B", build, "-DCMAKE_BUILD_TYPE=Debug",
            "-DCMAKE_CXX_COMPILER=" + options.cxx, "-DCMAKE_CXX_FLAGS=-fno-omit-frame-pointer",
            *(["-DCMAKE_CXX_COMPILER_LAUNCHER=" + launcher] if launcher else []), *flags)
        run(options.cmake, "--build", build, env=self.environment)
        return os.path.join(build, "app")

    def hangs_and_is_explained(self, program):
        self.assertIn("fatal error: all goroutines are asleep - deadlock!",
                      run(program, status=2, env=self.environment))
        text = run(program, status=2, env=dict(self.environment, SLUICE_DEBUG="1"))
        self.assertIn("sluice: fatal[SL301]: all goroutines are asleep", text)
        self.assertRegex(text, r"root cause: goroutine \d+ exited at .* while holding 'stock_mu'")
        self.assertRegex(text, r"main\.cpp:14 +take")

    def lists_of_the_readme(self):
        return readme(r"^## Linking it\n+```cmake\n(.*?)^```")[1]

    def test_find_package(self):
        folder = self.project("find_package", self.lists_of_the_readme())
        program = self.build(folder, "-DCMAKE_PREFIX_PATH=" + os.path.join(self.root, "usr"))
        self.assertIn("[libsluice.so.0]", run("readelf", "-dW", program))
        self.hangs_and_is_explained(program)

    def test_pkg_config(self):
        folder = self.project("pkg_config", "")
        program = os.path.join(folder, "app")
        flags = shlex.split(run("pkg-config", "--cflags", "--libs", "sluice", env=self.environment))
        run(options.cxx, "-std=c++20", "-g", "-fno-omit-frame-pointer",
            os.path.join(folder, "main.cpp"), "-o", program, *flags)
        self.hangs_and_is_explained(program)
        self.assertEqual(run("pkg-config", "--modversion", "sluice", env=self.environment).strip(),
                         options.version)

    def test_from_source(self):
        for name, lists in FROM_SOURCE.items():
            with self.subTest(name):
                own = self.lists_of_the_readme().replace("find_package(sluice REQUIRED)\n",
                                                         lists % options.source)
                self.hangs_and_is_explained(self.build(self.project(name, own)))

    def test_stress_tool(self):
        if not options.stress:
            self.skipTest("this build has no sluice-stress")
        folder = self.project("stress", self.lists_of_the_readme())
        program = self.build(folder, "-DCMAKE_PREFIX_PATH=" + os.path.join(self.root, "usr"))
        tool = os.path.join(self.root, "usr/bin/sluice-stress")
        self.assertRegex(run(tool, "-n", "1", program, status=1, env=self.environment),
                         r"sluice-stress: seed \d+: .*SL")

    def test_report_tool(self):
        if not options.report:
            self.skipTest("this build has no sluice-report")
        folder = self.project("report", self.lists_of_the_readme())
        program = self.build(folder, "-DCMAKE_PREFIX_PATH=" + os.path.join(self.root, "usr"))
        reports = os.path.join(self.root, "reports")
        subprocess.run([program], capture_output=True, check=False, cwd=self.root,
                       env=self.environment | {"SLUICE_DEBUG": "check,report=" + reports})
        page = os.path.join(self.root, "page.html")
        self.assertRegex(run(os.path.join(self.root, "usr/bin/sluice-report"), "-o", page, reports),
                         r"page.html: \d findings? in \d reports?\n")
        with open(page, encoding="utf-8") as file:
            self.assertIn("deadlock", file.read())

    def test_top(self):
        if not options.top:
            self.skipTest("this build has no sluice-top")
        with open(os.path.join(self.root, "usr/bin/sluice-top"), encoding="utf-8") as file:
            self.assertEqual(file.readline(), "#!/usr/bin/env python3\n")
        self.assertEqual(run(os.path.join(self.root, "usr/bin/sluice-top"), "--version"),
                         "sluice-top %s\n" % options.version)

    def test_checker(self):
        if not options.checker:
            self.skipTest("this build has no checker")
        folder = self.project("checker", self.lists_of_the_readme())
        self.build(folder, "-DCMAKE_PREFIX_PATH=" + os.path.join(self.root, "usr"))
        shown = readme(r"^\$ build/release/checker/sluice-check -p \S+ (\S+)\n(.*?)^```")
        found = run(os.path.join(self.root, "usr/bin/sluice-check"), "-p",
                    os.path.join(folder, "build"), os.path.join(folder, "main.cpp"), status=2)
        self.assertEqual(found.replace(os.path.join(folder, "main.cpp"), shown[1]), shown[2])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for flag in ("source", "build", "cmake", "cpack", "cxx", "libdir", "version"):
        parser.add_argument("--" + flag, required=True)
    parser.add_argument("--checker", action="store_true", help="the build holds the checker too")
    parser.add_argument("--stress", action="store_true", help="the build holds sluice-stress too")
    parser.add_argument("--report", action="store_true", help="the build holds sluice-report too")
    parser.add_argument("--top", action="store_true", help="the build holds sluice-top too")
    options = parser.parse_args()
    unittest.main(argv=sys.argv[:1])
