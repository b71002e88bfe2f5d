# Debian's libraries, each behind a target of ours, so that static or shared is decided here alone.
find_package(fmt 9 REQUIRED)
set(Boost_USE_STATIC_LIBS ON)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
  find_package(GTest REQUIRED)
endif()

# An archive that may serve both kinds of program.
function(gantry_static_library target)
  add_library(${target} INTERFACE)
  foreach(name IN LISTS ARGN)
    find_library(GANTRY_LIB_${name} NAMES lib${name}.a REQUIRED)
    target_link_libraries(${target} INTERFACE ${GANTRY_LIB_${name}})
  endforeach()
endfunction()

gantry_static_library(gantry_crypt crypt)
gantry_static_library(gantry_lz4 lz4)
gantry_static_library(gantry_seccomp seccomp)
gantry_static_library(gantry_sodium sodium)
gantry_static_library(gantry_sqlite sqlite3)
target_link_libraries(gantry_sqlite INTERFACE m)
gantry_static_library(gantry_zstd zstd)

# libcurl's archive needs Kerberos, which has none: an all-static build talks to no registry.
if(NOT GANTRY_ALL_STATIC)
  add_library(gantry_curl INTERFACE)
  target_link_libraries(gantry_curl INTERFACE curl ssl crypto)
endif()

# Headers alone: Debian's target would bring its shared library along.
add_library(gantry_toml INTERFACE)
find_path(GANTRY_INCLUDE_toml toml++/toml.h REQUIRED)
target_include_directories(gantry_toml SYSTEM INTERFACE ${GANTRY_INCLUDE_toml})

# It has no archive: what talks to systemd is a program of its own, which an all-static build has not.
if(NOT GANTRY_ALL_STATIC)
  find_library(GANTRY_LIB_systemd NAMES libsystemd.so REQUIRED)
endif()

add_library(gantry_crypto INTERFACE)
add_library(gantry_ssl INTERFACE)
add_library(gantry_inflate INTERFACE)
if(GANTRY_ALL_STATIC)
  target_link_libraries(gantry_crypto INTERFACE -l:libcrypto.a)
  target_link_libraries(gantry_ssl INTERFACE -l:libssl.a -l:libcrypto.a)
  target_link_libraries(gantry_inflate INTERFACE -l:libz.a)
else()
  target_link_libraries(gantry_crypto INTERFACE crypto)
  target_link_libraries(gantry_ssl INTERFACE ssl crypto)
  target_link_libraries(gantry_inflate INTERFACE isal z)
  target_compile_definitions(gantry_inflate INTERFACE GANTRY_HAVE_ISAL)
endif()

# What nobody calls is not linked: the hot programs take from `dns` what reads and writes its files, and no ldns.
gantry_static_library(gantry_ldns ldns)
target_link_libraries(gantry_ldns INTERFACE gantry_crypto)
