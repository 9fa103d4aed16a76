#!/bin/sh
# SPDX-License-Identifier: MIT
#
# fuzz.sh: one target under libFuzzer, for as long as you like.  `cmake --build build --target fuzz`
# runs all of them for a minute each; needs clang with its runtime (libclang-rt-14-dev).
#
#     fuzz.sh TARGET CLANG-ARGUMENT...
#
# The corpus is kept and grows in ONOMA_FUZZ_DIRECTORY (/var/tmp/onoma-fuzz)/TARGET.  An input that
# dies is left there as crash-*: put it into test/fuzz/corpus/TARGET, and the default tests replay it
# for ever.
#
# Environment: as seeds.sh; ONOMA_FUZZ_SECONDS for each target (60); CLANG.
set -eu
target=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
folder=${ONOMA_FUZZ_DIRECTORY:-/var/tmp/onoma-fuzz}
seconds=${ONOMA_FUZZ_SECONDS:-60}
mkdir -p "$folder/$target"
"${CLANG:-clang}" -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
    -o "$folder/fuzz_$target" "$@"
sh "$here/seeds.sh" "$target" "$folder/seeds_$target"
kept=
[ ! -d "$here/corpus/$target" ] || kept=$here/corpus/$target
echo "fuzz.sh: $target: $seconds s, corpus in $folder/$target"
# shellcheck disable=SC2086 # none or one
exec "$folder/fuzz_$target" -max_total_time="$seconds" -max_len=65536 -timeout=20 -print_final_stats=1 \
    -verbosity=0 -artifact_prefix="$folder/" "$folder/$target" "$folder/seeds_$target" $kept
