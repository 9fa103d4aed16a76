#!/bin/sh
# SPDX-License-Identifier: MIT
#
# replay.sh: one fuzz target as a test: its seeds, the inputs kept in test/fuzz/corpus, and RUNS
# mutations of both.
#
#     replay.sh TARGET PROGRAM RUNS
#
# Environment: as seeds.sh; ONOMA_SEED for other mutations.
set -eu
target=$1 program=$2 runs=$3
here=$(cd "$(dirname "$0")" && pwd)
sh "$here/seeds.sh" "$target" "seeds_$target"
if [ -d "$here/corpus/$target" ]; then
    exec "$program" --runs "$runs" "seeds_$target" "$here/corpus/$target"
fi
exec "$program" --runs "$runs" "seeds_$target"
