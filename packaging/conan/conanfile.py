"""Conan 2: `conan create packaging/conan` from a checkout."""
import os

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, rmdir

SOURCES = ("CMakeLists.txt", "LICENSE", "cmake/*", "runtime/*")


class Sluice(ConanFile):
    name = "sluice"
    version = "0.1.0"
    description = "Go's concurrency for C++: goroutines, channels, select and sync"
    license = "Apache-2.0 WITH LLVM-exception"
    settings = "os", "arch", "compiler", "build_type"
    package_type = "library"
    options = {"shared": [True, False]}
    default_options = {"shared": False}

    def export_sources(self):
        checkout = os.path.join(self.recipe_folder, "..", "..")
        for pattern in SOURCES:
            copy(self, pattern, checkout, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def validate(self):
        check_min_cppstd(self, 20)
        if self.settings.os != "Linux" or self.settings.arch not in ("x86_64", "armv8"):
            raise ConanInvalidConfiguration("sluice runs on Linux, on x86_64 and armv8")

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in ("TESTS", "EXAMPLES", "CHECKER", "STRESS", "REPORT", "TOP"):
            toolchain.cache_variables["SLUICE_BUILD_" + part] = False
        toolchain.cache_variables["SLUICE_INSTALL"] = True
        toolchain.cache_variables["SLUICE_BUILD_SHARED"] = bool(self.options.shared)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        # As the installed package of CMake names them.
        self.cpp_info.set_property("cmake_target_name", "sluice::sluice")
        if not self.options.shared:
            self.cpp_info.set_property("cmake_target_aliases", ["sluice::sluice_static"])
        self.cpp_info.set_property("pkg_config_name", "sluice")
        self.cpp_info.libs = ["sluice"]
        self.cpp_info.system_libs = ["pthread", "dl"]
