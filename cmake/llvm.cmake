# Finds the LLVM and clang that the checker is built against and runs its tests with. No version is asked for: Debian's
# 19 does not answer to a request for "19". SLUICE_LLVM_DIR chooses another one.
if(NOT SLUICE_LLVM_DIR)
  set(SLUICE_LLVM_DIR "/usr/lib/llvm-19/lib/cmake/llvm")
endif()
find_package(LLVM REQUIRED CONFIG PATHS "${SLUICE_LLVM_DIR}" NO_DEFAULT_PATH)
find_package(Clang REQUIRED CONFIG PATHS "${LLVM_CMAKE_DIR}/../clang" NO_DEFAULT_PATH)
message(STATUS "sluice: checker built against LLVM ${LLVM_PACKAGE_VERSION} in ${LLVM_TOOLS_BINARY_DIR}")

# sluice_llvm_target(<target>): compiles a target against clang's headers, without RTTI as clang itself is.
function(sluice_llvm_target target)
  target_include_directories(${target} SYSTEM PRIVATE ${LLVM_INCLUDE_DIRS} ${CLANG_INCLUDE_DIRS})
  separate_arguments(definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
  target_compile_definitions(${target} PRIVATE ${definitions})
  # GCC 12 sees null pointers in clang's inline functions, and endless copies in its own strings, where there are none.
  target_compile_options(${target} PRIVATE -fno-rtti -fvisibility-inlines-hidden -Wno-nonnull
    $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds;-Wno-restrict>)
  sluice_lines_only(${target} PRIVATE)
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
