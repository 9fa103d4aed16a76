#!/bin/sh
# SPDX-License-Identifier: MIT
#
# check.sh: what the tests in shell share.  To be read by `.`, it ends as the last line of each:
#
#     . "$(dirname "$0")/check.sh"
#     begin                                  # a scratch folder, which becomes the current one
#     check "what must be" COMMAND...        # a failure is printed with the command's output
#     same "what" WANTED-FILE FOUND-FILE     # a failure is printed with the first differences
#     finish                                 # exit status 1 if anything failed
#
# Environment: TEST_DIRECTORY, for scratch files.
set -u
export LC_ALL=C
PATH=$PATH:/usr/sbin:/sbin         # depmod and its like

script=$(basename "$0")
checks=0
failures=0

begin() {
    : "${TEST_DIRECTORY:?a folder for scratch files}"
    mkdir -p "$TEST_DIRECTORY"
    scratch=$(mktemp -d "$TEST_DIRECTORY/${script%.sh}.XXXXXX") || exit 1
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 1' INT TERM HUP
    cd "$scratch" || exit 1
}

# What the tests of this file compare with must be there.
need() { # PROGRAM PACKAGE
    command -v "$1" >/dev/null || give_up "$1 is missing: apt-get install $2"
}

give_up() { # TEXT...
    echo "$script: $*"
    exit 1
}

bad() { # TEXT...
    failures=$((failures + 1))
    echo "$script: $*"
}

check() { # WHAT COMMAND...
    checks=$((checks + 1))
    check_what=$1
    shift
    if "$@" >"$scratch/check.out" 2>&1; then return 0; fi
    bad "failed: $check_what"
    head -n 10 "$scratch/check.out" | sed 's/^/    /'
    return 1
}

same() { # WHAT WANTED FOUND
    checks=$((checks + 1))
    if cmp -s "$2" "$3"; then return 0; fi
    bad "failed: $1: wanted (<) and found (>):"
    diff "$2" "$3" | head -n 10 | sed 's/^/    /'
    return 1
}

same_text() { # WHAT WANTED FOUND
    checks=$((checks + 1))
    if [ "$2" = "$3" ]; then return 0; fi
    bad "failed: $1: wanted '$2', found '$3'"
    return 1
}

empty() { # WHAT FILE
    checks=$((checks + 1))
    if [ -f "$2" ] && ! [ -s "$2" ]; then return 0; fi
    bad "failed: $1: there are some:"
    head -n 20 "$2" | sed 's/^/    /'
    return 1
}

say() { # TEXT...
    echo "$script: $*"
}

finish() {
    say "$checks checks, $failures failures"
    [ "$failures" -eq 0 ] && [ "$checks" -gt 0 ]
    exit
}
