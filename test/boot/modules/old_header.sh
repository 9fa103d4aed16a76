#!/bin/sh
# SPDX-License-Identifier: MIT
#
# old_header.sh HEADER OUTPUT OLD NEW...: the header with each text OLD replaced by NEW.  An OLD that
# is not there is an error: the header has changed, and the test must follow.
set -eu
header=$1
output=$2
shift 2
mkdir -p "$(dirname "$output")"
trap 'rm -f "$output.new" "$output.next"' EXIT
cp "$header" "$output.new"
while [ $# -gt 0 ]; do
    OLD=$1 NEW=$2 awk '
        { line = ""
          while ((at = index($0, ENVIRON["OLD"])) > 0) {
              found = 1
              line = line substr($0, 1, at - 1) ENVIRON["NEW"]
              $0 = substr($0, at + length(ENVIRON["OLD"]))
          }
          print line $0 }
        END { exit !found }' "$output.new" >"$output.next" ||
        { echo "old_header.sh: $header: no \"$1\" any more: see test/boot/modules/CMakeLists.txt" >&2; exit 1; }
    mv "$output.next" "$output.new"
    shift 2
done
mv "$output.new" "$output"
