# Run by cpack before it makes the packages, on what is going to be in them.

# Each has its copyright file where Debian wants it.
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} COMPONENT)
  set(package ${CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME})
  file(COPY "${CPACK_SLUICE_COPYRIGHT}"
       DESTINATION "${CPACK_TEMPORARY_DIRECTORY}/${component}/usr/share/doc/${package}")
endforeach()

# cpack strips programs and shared libraries alone, and nearly all of a static library is debug
# information.
file(GLOB_RECURSE static_libraries "${CPACK_TEMPORARY_DIRECTORY}/*.a")
foreach(library IN LISTS static_libraries)
  execute_process(COMMAND "${CPACK_SLUICE_STRIP}" --strip-debug "${library}"
                  COMMAND_ERROR_IS_FATAL ANY)
endforeach()
