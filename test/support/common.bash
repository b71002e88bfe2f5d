# What every bats file loads: a world of its own for each test, taken down and checked for leftovers afterwards.
#
#   load ../support/common
#
#   @test "a container prints" {
#     run -0 gantry run --rm --rootfs "$(rootfs)" echo hello
#     equal "$output" hello
#   }
#
# `gantry` and `gantry-runtime` are the programs under test with state folders below $WORK. A file that needs more
# defines setup() itself and calls make_world first.

bats_require_minimum_version 1.5.0

# shellcheck source=test/support/world.bash
source "${BASH_SOURCE[0]%/*}/world.bash"
# shellcheck source=test/support/user.bash
source "${BASH_SOURCE[0]%/*}/user.bash"
# shellcheck source=test/support/bundle.bash
source "${BASH_SOURCE[0]%/*}/bundle.bash"
# shellcheck source=test/support/check.bash
source "${BASH_SOURCE[0]%/*}/check.bash"

setup() { make_world; }
teardown() { end_world; }
