#!/usr/bin/env bats
# The shape that docs/architecture.md promises: links go down only, each is declared, each header stands alone,
# and the programs whose start-up counts are static and run no code before main.

load ../support/common

setup() { make_world; }

# project LINE…: a small project with our cmake/Library.cmake and these declarations.
project() {
  mkdir -p "$WORK/project"/{cmake,src/{low,high}}
  cp "$GANTRY_SOURCE/cmake/Library.cmake" "$WORK/project/cmake"
  {
    echo 'cmake_minimum_required(VERSION 3.25)'
    echo 'project(layers LANGUAGES CXX)'
    echo 'add_library(gantry_flags INTERFACE)'
    echo 'function(gantry_unite)'; echo 'endfunction()'  # of cmake/Flags.cmake
    echo 'include(cmake/Library.cmake)'
    printf '%s\n' "$@"
  } >"$WORK/project/CMakeLists.txt"
  mkdir -p "$WORK/project/cmd"
  touch "$WORK/project/cmd/CMakeLists.txt"
}

configure() { cmake -S "$WORK/project" -B "$WORK/project/build" -G Ninja -DBUILD_TESTING=OFF; }

@test "every include in the sources has a declared link" {
  run -0 "$GANTRY_SOURCE/test/layering/includes"
}

@test "an include without a link is named" {
  project 'gantry_library(low FLOOR 1)' 'gantry_library(high FLOOR 2 USES low)'
  touch "$WORK/project/src/high/top.hpp"
  echo '#include "high/top.hpp"' >"$WORK/project/src/low/bad.cpp"
  run -1 "$GANTRY_SOURCE/test/layering/includes" "$WORK/project"
  equal "$output" "src/low/bad.cpp:1: src/low includes high, which is not in its USES"
}

@test "a library that comes along with another is not a declared link" {
  project 'gantry_library(low FLOOR 1)' 'gantry_library(middle FLOOR 2 USES low)' \
    'gantry_library(high FLOOR 3' '  USES middle LINKS low)'
  echo '#include "low/a.hpp"' >"$WORK/project/src/high/bad.hpp"
  run -1 "$GANTRY_SOURCE/test/layering/includes" "$WORK/project"
  contains "$output" "src/high includes low"
}

@test "a tiny program may use plain data only" {
  project 'gantry_library(low FLOOR 1)' 'gantry_library(wire FLOOR 1)'
  echo 'gantry_tiny_program(mini)' >"$WORK/project/cmd/CMakeLists.txt"
  mkdir "$WORK/project/cmd/mini"
  printf '#include "%s"\n' wire/a.hpp low/b.hpp >"$WORK/project/cmd/mini/main.cpp"
  run -1 "$GANTRY_SOURCE/test/layering/includes" "$WORK/project"
  equal "$output" "cmd/mini/main.cpp:2: cmd/mini includes low, which is not in its USES"
}

@test "a source that does not begin with its header is named" {
  project 'gantry_library(low FLOOR 1)'
  touch "$WORK"/project/src/low/{good,bad}.hpp
  printf '%s\n' '#include "low/good.hpp"' '#include <string>' >"$WORK/project/src/low/good.cpp"
  printf '%s\n' '#include <string>' '#include "low/bad.hpp"' >"$WORK/project/src/low/bad.cpp"
  run -1 "$GANTRY_SOURCE/test/layering/includes" "$WORK/project"
  equal "$output" "src/low/bad.cpp: does not begin with its header"
}

@test "a header without a source is compiled by itself" {
  project 'gantry_library(low FLOOR 1)'
  printf '%s\n' '#pragma once' 'inline std::size_t forgot_its_include();' >"$WORK/project/src/low/lone.hpp"
  run -0 configure
  run -1 cmake --build "$WORK/project/build" --target all_verify_interface_header_sets
  contains "$output" lone.hpp
}

@test "links that go down configure" {
  project 'gantry_library(low FLOOR 1)' 'gantry_library(high FLOOR 2 USES low)'
  run -0 configure
}

@test "a link that goes up is refused when configuring" {
  project 'gantry_library(high FLOOR 2)' 'gantry_library(low FLOOR 1 USES high)'
  run -1 configure
  contains "$output" "src/low (floor 1) may not use high (floor 2)"
}

@test "a link that goes sideways is refused when configuring" {
  project 'gantry_library(low FLOOR 2)' 'gantry_library(high FLOOR 2 USES low)'
  run -1 configure
  contains "$output" "links go down only"
}

@test "a link to a library that is not there is refused when configuring" {
  project 'gantry_library(low FLOOR 1 USES nowhere)'
  run -1 configure
  contains "$output" "uses nowhere, which is not declared before it"
}

@test "an include of a library without a link does not compile" {
  project 'gantry_library(low FLOOR 1)' 'gantry_library(high FLOOR 2)'
  touch "$WORK/project/src/low/a.hpp"
  echo '#include "low/a.hpp"' >"$WORK/project/src/high/a.cpp"
  run -0 configure
  run ! ninja -C "$WORK/project/build"
  contains "$output" "low/a.hpp: No such file"
}

@test "the programs whose start-up counts are static" {
  need_release_build
  local program
  for program in gantry gantry-runtime gantry-monitor gantry-init; do
    run -0 readelf --program-headers "$GANTRY_BIN/$program"
    contains "$output" LOAD
    lacks "$output" INTERP
    lacks "$output" DYNAMIC
  done
}

@test "the libraries of hot programs run no code before main" {
  need_release_build
  local library
  for library in base options linux oci sql runtime runtime_cli content store engine cli; do
    run -0 nm --print-file-name --print-size "$GANTRY_BUILD/libgantry_$library.a"
    # g++ leaves a function of one byte, a bare `ret`, where nothing was left to do.
    equal "$(grep _GLOBAL__sub_I_ <<<"$output" | grep -v ' 0000000000000001 t ')" ""
  done
}
