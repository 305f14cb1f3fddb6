# Installation: headers as they are included, libraries, and a package for find_package(keel).
include(CMakePackageConfigHelpers)

install(TARGETS keel_core keel_layers keel_optim keel_data keel_keel keel_openblas keel_stb
  EXPORT keel-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT keel-targets NAMESPACE keel:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/keel)
foreach(room core layers optim data)
  install(DIRECTORY ${room} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/keel FILES_MATCHING PATTERN "*.h")
endforeach()
install(FILES ${KEEL_INCLUDE_ROOT}/keel/keel.h ${KEEL_INCLUDE_ROOT}/keel/version.h
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/keel)
if(TARGET keel)
  install(TARGETS keel RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(TARGET keel_apps)  # component apps of the package: the program for a main() of one's own
  install(TARGETS keel_apps EXPORT keel-targets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
  install(FILES apps/program.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/keel/apps)
endif()

configure_package_config_file(cmake/keel-config.cmake.in ${PROJECT_BINARY_DIR}/keel-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/keel)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/keel-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/keel-config.cmake ${PROJECT_BINARY_DIR}/keel-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/keel)
