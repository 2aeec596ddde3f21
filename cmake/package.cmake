# cpack -G DEB: one package a component. Each needs what its files need, by dpkg-shlibdeps, and
# those of the same version that it makes no sense without.
if(NOT PROJECT_IS_TOP_LEVEL OR NOT SLUICE_BUILD_SHARED)
  return()
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sluice)
set(CPACK_PACKAGE_VENDOR "The sluice authors")
set(CPACK_PACKAGE_CONTACT "The sluice authors <sluice@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
# Some of what is installed lies in places that depend on the prefix.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/packaging/debian/prepare.cmake)
set(CPACK_SLUICE_STRIP ${CMAKE_STRIP})
set(CPACK_SLUICE_COPYRIGHT ${PROJECT_SOURCE_DIR}/packaging/debian/copyright)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY ">=")
set(version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})

# sluice_package(<component> <package> <section> <description>)
function(sluice_package component package section description)
  string(TOUPPER ${component} COMPONENT)
  foreach(pair IN ITEMS "PACKAGE_NAME=${package}" "PACKAGE_SECTION=${section}"
                        "DESCRIPTION=${description}" "PACKAGE_SHLIBDEPS=ON")
    string(REGEX MATCH "^([A-Z_]+)=(.*)$" pair "${pair}")
    set(CPACK_DEBIAN_${COMPONENT}_${CMAKE_MATCH_1} "${CMAKE_MATCH_2}" PARENT_SCOPE)
  endforeach()
  set(CPACK_COMPONENTS_ALL ${CPACK_COMPONENTS_ALL} ${component} PARENT_SCOPE)
endfunction()

set(CPACK_COMPONENTS_ALL)
sluice_package(runtime libsluice${PROJECT_VERSION_MAJOR} libs
  "goroutines, channels and Go's sync for C++, shared library
 Programs that are linked with libsluice.so need this. Set SLUICE_DEBUG=1 to have
 a program that hangs explained; gdb finds commands for goroutines here.")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/debian/triggers)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SUGGESTS "libdw1, gdb")

sluice_package(dev libsluice-dev libdevel
  "goroutines, channels and Go's sync for C++, headers and static library
 With a package for CMake (sluice::sluice) and one for pkg-config.")
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
    "libsluice${PROJECT_VERSION_MAJOR} (= ${version}), libstdc++-12-dev | libstdc++-dev")

if(SLUICE_BUILD_STRESS OR SLUICE_BUILD_REPORT OR SLUICE_BUILD_TOP)
  sluice_package(tools sluice-tools devel
    "tools for programs that use libsluice
 sluice-stress runs a program under many schedules and repeats what it finds by a
 seed; sluice-top shows what the goroutines of a running program do; sluice-report
 draws reports, traces and profiles for a browser.")
  if(SLUICE_BUILD_TOP)
    set(CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS python3)
  endif()
endif()
if(SLUICE_BUILD_CHECKER)
  sluice_package(checker sluice-checker devel
    "finds forgotten unlocks and other mistakes of concurrency in C++
 sluice-check for CI, and the same checks as a module of clang-tidy and as a
 plugin of clang. They know sluice's locks, the standard library's and pthread's.")
  set(CPACK_DEBIAN_CHECKER_PACKAGE_SUGGESTS "clang-tidy-19, clang-19")
endif()
include(CPack)
