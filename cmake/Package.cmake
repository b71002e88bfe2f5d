# Where programs, man pages and completions go, and the two packages: a .deb of the release preset, a tarball of the
# static one. `gantry` finds its siblings beside itself or in ../libexec/gantry, so the tarball runs where it is unpacked.
include(GNUInstallDirs)
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)  # the unit tests are not needed for a package

set(public_programs gantry gantry-runtime)
set(inner_programs gantry-build gantry-cni gantry-monitor gantry-init gantry-dns gantry-registry gantry-transfer)
if(NOT GANTRY_ALL_STATIC)
  list(APPEND inner_programs gantry-systemd)
endif()
add_custom_target(programs)
foreach(program IN LISTS public_programs inner_programs)
  add_dependencies(programs ${program})
endforeach()

# Man pages and completion come from the tables of options, so that they cannot go stale.
set(share ${CMAKE_BINARY_DIR}/share)
add_custom_command(
  OUTPUT ${share}/stamp
  COMMAND ${CMAKE_SOURCE_DIR}/packaging/share ${CMAKE_BINARY_DIR}/bin ${share}
  COMMAND ${CMAKE_COMMAND} -E touch ${share}/stamp
  DEPENDS gantry gantry-build gantry-registry gantry-runtime gantry-transfer ${CMAKE_SOURCE_DIR}/packaging/share
  COMMENT "Writing man pages and completions"
  VERBATIM)
add_custom_target(share DEPENDS ${share}/stamp)

list(TRANSFORM public_programs PREPEND ${CMAKE_BINARY_DIR}/bin/)
list(TRANSFORM inner_programs PREPEND ${CMAKE_BINARY_DIR}/bin/)
install(PROGRAMS ${public_programs} DESTINATION ${CMAKE_INSTALL_BINDIR})
install(PROGRAMS ${inner_programs} DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/gantry)
install(DIRECTORY ${share}/man ${share}/bash-completion ${share}/zsh ${share}/fish
        DESTINATION ${CMAKE_INSTALL_DATAROOTDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man8 FILES_MATCHING PATTERN "*.8")
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

set(CPACK_PACKAGE_VENDOR "The Gantry authors")
set(CPACK_PACKAGE_CONTACT "The Gantry authors <gantry@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_FILE_NAME gantry-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_PACKAGE_CHECKSUM SHA256)
set(CPACK_STRIP_FILES ON)
set(CPACK_ARCHIVE_THREADS 0)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS uidmap)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "busybox-static, mmdebstrap, git, qemu-user-static")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
if(GANTRY_ALL_STATIC)
  set(CPACK_PACKAGING_INSTALL_PREFIX /)
endif()
include(CPack)
