# Run by cpack before it makes the packages: each has its copyright file where Debian wants it.
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} COMPONENT)
  set(package ${CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME})
  file(COPY "${CPACK_SLUICE_COPYRIGHT}"
       DESTINATION "${CPACK_TEMPORARY_DIRECTORY}/${component}/usr/share/doc/${package}")
endforeach()
