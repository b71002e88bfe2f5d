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

# With CMAKE_UNITY_BUILD twelve sources of a library are compiled as one, which takes half of the time. Not in a release
# build: it shows that every file includes what it uses. In one library no two sources may give one name to two things
# then. Sources of commands do, each with its kOptions, and stay apart, as tests do.
set(CMAKE_UNITY_BUILD_BATCH_SIZE 12 CACHE STRING "Sources that a unity build compiles as one")
function(gantry_unite target sources)
  if(target MATCHES "cli$")
    set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
  endif()
  set(commands ${sources})
  list(FILTER commands INCLUDE REGEX "_command\\.cpp$")
  set_source_files_properties(${commands} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
  if(CMAKE_UNITY_BUILD AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # It means headers, and takes what a unity build includes for some.
    target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  endif()
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
