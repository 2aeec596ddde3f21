# Every option of the build. A project that adds sluice as a subdirectory gets the runtime alone,
# unless it asks for more.

include(GNUInstallDirs)

option(SLUICE_BUILD_TESTS "Build the tests (needs GoogleTest)" ${PROJECT_IS_TOP_LEVEL})
option(SLUICE_BUILD_EXAMPLES "Build the programs in examples/" ${PROJECT_IS_TOP_LEVEL})
option(SLUICE_BUILD_BENCH "Build the programs in bench/ (needs Google Benchmark)" OFF)
option(SLUICE_INSTALL "Generate the install rules" ${PROJECT_IS_TOP_LEVEL})
option(SLUICE_ASSERTIONS "Check the runtime's own invariants while it runs" OFF)

if(PROJECT_IS_TOP_LEVEL OR BUILD_SHARED_LIBS)
  set(sluice_shared_default ON)
else()
  set(sluice_shared_default OFF)
endif()
option(SLUICE_BUILD_SHARED "Build libsluice.so too; sluice::sluice is then the shared library"
       ${sluice_shared_default})

option(SLUICE_BUILD_TOP "Make sluice-top (needs Python 3 where it runs)" ${PROJECT_IS_TOP_LEVEL})

# sluice-stress runs programs, however those are compiled, and needs the headers of CLI11.
find_path(SLUICE_CLI11_DIR CLI/CLI.hpp)
mark_as_advanced(SLUICE_CLI11_DIR)
if(PROJECT_IS_TOP_LEVEL AND SLUICE_CLI11_DIR)
  set(sluice_stress_default ON)
else()
  set(sluice_stress_default OFF)
endif()
option(SLUICE_BUILD_STRESS "Build sluice-stress (needs CLI11)" ${sluice_stress_default})

find_path(SLUICE_JSON_DIR nlohmann/json.hpp)
mark_as_advanced(SLUICE_JSON_DIR)
if(sluice_stress_default AND SLUICE_JSON_DIR)
  set(sluice_report_default ON)
else()
  set(sluice_report_default OFF)
endif()
option(SLUICE_BUILD_REPORT "Build sluice-report (needs CLI11 and nlohmann_json)"
       ${sluice_report_default})

set(SLUICE_SANITIZE "" CACHE STRING "Value of -fsanitize= for everything built, such as thread")

# The checker is on by default only where it can be built; asked for by name and not buildable, it
# is an error there.
set(SLUICE_LLVM_DIR "/usr/lib/llvm-19/lib/cmake/llvm" CACHE PATH
    "Folder of LLVMConfig.cmake that the checker is built against")
if(NOT DEFINED SLUICE_BUILD_CHECKER AND PROJECT_IS_TOP_LEVEL)
  if(EXISTS "${SLUICE_LLVM_DIR}/LLVMConfig.cmake")
    set(sluice_checker_default ON)
  else()
    set(sluice_checker_default OFF)
    message(STATUS "sluice: no LLVM at ${SLUICE_LLVM_DIR}, the checker is left out "
                   "(install llvm-19-dev and libclang-19-dev, or set SLUICE_LLVM_DIR)")
  endif()
else()
  set(sluice_checker_default OFF)
endif()
option(SLUICE_BUILD_CHECKER "Build sluice-check, the clang-tidy module and the plugin (needs LLVM)"
       ${sluice_checker_default})
