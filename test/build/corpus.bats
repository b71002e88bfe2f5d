#!/usr/bin/env bats
# bats file_tags=slow
# The first half of the corpus (corpus.bash): instructions, variables, stages.

load ../support/common
load corpus

@test "the corpus is as large as it should be" {
  local all=("$GANTRY_SOURCE"/test/build/corpus/*)
  ((${#all[@]} >= 80))
}

@test "configurations and file trees are buildah's: 1 to 18" { compare_all 1 18; }
@test "configurations and file trees are buildah's: 19 to 38" { compare_all 19 38; }
@test "configurations and file trees are buildah's: 39 to 55" { compare_all 39 55; }
