# Stands in for vcpkg: runs a portfile whose functions do with cmake itself what vcpkg's do, but for
# the build, which other tests have. -DPORTFILE, -DLINKAGE (static or dynamic), -DFOLDER.
set(VCPKG_LIBRARY_LINKAGE ${LINKAGE})
set(CURRENT_PACKAGES_DIR ${FOLDER}/packages)

function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" SOURCE_PATH OPTIONS)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -G Ninja -S ${arg_SOURCE_PATH} -B ${FOLDER}/build
            -DCMAKE_BUILD_TYPE=Release ${arg_OPTIONS}
    COMMAND_ERROR_IS_FATAL ANY)
endfunction()
function(vcpkg_cmake_install)
  execute_process(COMMAND ${CMAKE_COMMAND} --build ${FOLDER}/build --target help
                  OUTPUT_FILE ${FOLDER}/targets COMMAND_ERROR_IS_FATAL ANY)
endfunction()
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" CONFIG_PATH "")
  file(STRINGS ${FOLDER}/build/cmake_install.cmake found REGEX "/${arg_CONFIG_PATH}\"")
  if(NOT found)
    message(FATAL_ERROR "nothing is installed to ${arg_CONFIG_PATH}")
  endif()
endfunction()
function(vcpkg_fixup_pkgconfig)
endfunction()
function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" FILE_LIST)
  file(COPY ${arg_FILE_LIST} DESTINATION ${CURRENT_PACKAGES_DIR})
endfunction()

include(${PORTFILE})
