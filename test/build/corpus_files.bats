#!/usr/bin/env bats
# bats file_tags=slow
# The second half of the corpus (corpus.bash): COPY, ADD, RUN, and what only BuildKit's language has.

load ../support/common
load corpus

@test "configurations and file trees are buildah's: 56 to 75" { compare_all 56 75; }
@test "configurations and file trees are buildah's: 76 to 95" { compare_all 76 95; }
@test "configurations and file trees are buildah's: 96 to 108" { compare_all 96 108; }
