# How every target of this tree is compiled. Nothing here reaches a project that merely links
# sluice.

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
  endif()
  find_program(SLUICE_CCACHE ccache)
  mark_as_advanced(SLUICE_CCACHE)
  if(SLUICE_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${SLUICE_CCACHE}")
  endif()
endif()

if((CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 12)
   OR (CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19))
  message(FATAL_ERROR "sluice: ${CMAKE_CXX_COMPILER} is ${CMAKE_CXX_COMPILER_ID} "
                      "${CMAKE_CXX_COMPILER_VERSION}; g++ 12 or clang 19 or newer is needed")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
find_package(Threads REQUIRED)

if(SLUICE_SANITIZE)
  add_compile_options(-fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all)
  # g++ says of each fence that ThreadSanitizer does not see it; clang's does not see it either.
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-Wno-tsan>)
  add_link_options(-fsanitize=${SLUICE_SANITIZE})
endif()

# sluice_compile_options(<target>): the warnings and frame pointers that all code of this tree is
# held to. Whether a warning is an error is the presets' choice (CMAKE_COMPILE_WARNING_AS_ERROR): a
# newer compiler must not break users.
function(sluice_compile_options target)
  target_compile_options(
    ${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-fno-omit-frame-pointer>)
endfunction()

# sluice_lines_only(<target> <scope>): lines but no variables in the debug information of what is not
# for users to step through. It is compiled in two thirds of the time.
function(sluice_lines_only target scope)
  target_compile_options(${target} ${scope} $<$<CONFIG:RelWithDebInfo>:-g1>)
endfunction()
