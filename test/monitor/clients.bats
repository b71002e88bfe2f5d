#!/usr/bin/env bats
# Clients: the one that started the container, and those that attach later.

: "${GANTRY_SOURCE:=$BATS_TEST_DIRNAME/../..}"
load ../support/common

scenario() { python3 "$BATS_TEST_DIRNAME/clients.py" "$1"; }

@test "input reaches the container's stdin, and so does its end" { scenario stdin_passes; }
@test "stdin stays open for the next client" { scenario stdin_stays_open; }
@test "stdin ends with the first client where that was asked for" { scenario stdin_ends_with_first_client; }
@test "input for a container that has closed its stdin is dropped" { scenario stdin_closed_by_container; }
@test "input that nobody has read does not hide the exit code" { scenario unread_input; }
@test "a terminal has input, output, a size and an end of file" { scenario terminal; }
@test "a terminal may be closed and opened again" { scenario terminal_reopened; }
@test "a later client gets what comes from then on" { scenario later_client; }
@test "a slow first client slows the container and loses nothing" { scenario slow_first_client; }
@test "the exit is on record while the first client is still reading" { scenario slow_first_client_at_the_end; }
@test "a slow first client that leaves frees the container" { scenario slow_first_client_leaves; }
@test "input and output that are both held up do not lock each other" { scenario blocked_both_ways; }
@test "a slow later client is disconnected" { scenario slow_later_client; }
@test "a client that breaks the protocol is disconnected" { scenario bad_packets; }
@test "seventeen clients at a time and no more" { scenario many_clients; }
