# Compiler and linker settings of every program; gantry_flags carries them to ours alone.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

set(GANTRY_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")
option(GANTRY_FUZZ "Build the fuzz targets (clang)" OFF)
option(GANTRY_ALL_STATIC "Link every program statically; gzip then goes through zlib, as ISA-L has no archive" OFF)

# The hot programs are static: 0.6 ms to start, where one more shared library costs up to 0.6 ms more.
set(GANTRY_STATIC ON)
if(GANTRY_SANITIZE)
  set(GANTRY_STATIC OFF)
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -ffunction-sections -fdata-sections")
set(CMAKE_CXX_FLAGS_DEBUG "-Og -g1")

add_library(gantry_flags INTERFACE)
target_compile_options(gantry_flags INTERFACE -Wall -Wextra -Werror -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # False alarms of g++ 12 inside std::string and std::expected at -O2.
  target_compile_options(gantry_flags INTERFACE -Wno-maybe-uninitialized -Wno-restrict)
endif()
target_compile_definitions(gantry_flags INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_link_options(gantry_flags INTERFACE -Wl,--gc-sections)
if(GANTRY_SANITIZE)
  target_compile_options(gantry_flags INTERFACE -fsanitize=${GANTRY_SANITIZE} -fno-sanitize-recover=all
                         -fno-omit-frame-pointer)
  target_link_options(gantry_flags INTERFACE -fsanitize=${GANTRY_SANITIZE})
endif()

# With the headers that nearly all include read once, a build takes a sixth less. Not in a release build: it shows that
# every file includes what it uses.
option(GANTRY_PRECOMPILE "Precompile the common headers" OFF)
function(gantry_precompile target)
  if(NOT GANTRY_PRECOMPILE)
    return()
  endif()
  if(NOT TARGET gantry_precompiled)
    file(WRITE ${CMAKE_BINARY_DIR}/precompiled.cpp "")
    add_library(gantry_precompiled OBJECT ${CMAKE_BINARY_DIR}/precompiled.cpp)
    target_link_libraries(gantry_precompiled PRIVATE gantry_flags Boost::headers Boost::json)
    target_precompile_headers(gantry_precompiled PRIVATE <algorithm> <array> <expected> <functional> <map> <memory>
      <optional> <set> <span> <string> <string_view> <utility> <variant> <vector> <boost/describe/class.hpp>
      <boost/describe/enum.hpp> <boost/json/array.hpp> <boost/json/object.hpp> <boost/json/value.hpp> <fmt/format.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM gantry_precompiled)
endfunction()

find_program(GANTRY_CCACHE ccache)
if(GANTRY_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${GANTRY_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GANTRY_CCACHE})
endif()
find_program(GANTRY_MOLD mold)
if(GANTRY_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
