# cmake --install: headers, the libraries, the CMake package and sluice.pc. Nothing installed names
# a folder of the build machine, so the prefix can be moved. The checker installs its own three
# files. The components are the packages of cmake/package.cmake.
include(CMakePackageConfigHelpers)

set(sluice_installed sluice_static sluice_hook_archive sluice_hook_static)
if(SLUICE_BUILD_SHARED)
  list(APPEND sluice_installed sluice sluice_hook)
endif()
set(sluice_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/sluice)

install(DIRECTORY runtime/include/sluice DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
        FILES_MATCHING PATTERN "*.hpp")
install(TARGETS ${sluice_installed} EXPORT sluice
        LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(EXPORT sluice NAMESPACE sluice:: FILE sluiceTargets.cmake DESTINATION ${sluice_package_dir}
        COMPONENT dev)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT dev)

# gdb's commands: where they are easily named by hand; and where gdb looks by itself when the
# library is below /usr, named after that library.
set(sluice_gdb_script ${PROJECT_BINARY_DIR}/runtime/sluice-gdb.py)
install(FILES ${sluice_gdb_script} DESTINATION ${CMAKE_INSTALL_DATADIR}/sluice COMPONENT dev)
if(SLUICE_BUILD_SHARED)
  # The prefix is known when it is installed, not before.
  install(CODE "
    set(own \"\${CMAKE_INSTALL_PREFIX}\")
    file(INSTALL \"${sluice_gdb_script}\"
         DESTINATION
         \"\${own}/${CMAKE_INSTALL_DATADIR}/gdb/auto-load\${own}/${CMAKE_INSTALL_LIBDIR}\"
         RENAME \"libsluice.so.${PROJECT_VERSION}-gdb.py\")" COMPONENT runtime)
endif()

configure_package_config_file(
  cmake/sluiceConfig.cmake.in sluiceConfig.cmake INSTALL_DESTINATION ${sluice_package_dir}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change the API.
write_basic_package_version_file(sluiceConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/sluiceConfig.cmake
              ${PROJECT_BINARY_DIR}/sluiceConfigVersion.cmake
        DESTINATION ${sluice_package_dir} COMPONENT dev)

# sluice.pc finds its prefix from where it lies.
file(RELATIVE_PATH sluice_pc_to_prefix "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
configure_file(cmake/sluice.pc.in sluice.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/sluice.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT dev)
