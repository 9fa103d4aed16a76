#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docs.sh: what the documents say of the code is there.
#
# 1. Every option of src/kernel/boot/options.c is in docs/command-line.md.
# 2. Every file and folder that the documents name in links exists.
# 3. Every option of run.sh is in the README or in its own help.
# 4. Every command of ksyms and every option of gen_trace is in docs/ksyms.md.
#
# Environment: SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/check.sh"
begin

cd "$SOURCE_DIRECTORY" || exit 1
options=$(sed -n 's/^ *{\.name = "\([a-z_.]*\)",.*/\1/p' src/kernel/boot/options.c)
check "options.c has options" test -n "$options"
for option in $options; do
    check "docs/command-line.md names $option" grep -q "\`$option" docs/command-line.md
done

for document in README.md HACKING.md docs/*.md src/ksyms/*.md examples/*.md; do
    directory=$(dirname "$document")
    links=$(grep -o '](\([^)#]*\)[)#]' "$document" | sed 's/^](//; s/[)#]$//' | grep -v '^https\{0,1\}:' | sort -u)
    for link in $links; do
        check "$document links $link" test -e "$directory/$link"
    done
done

for option in $(sed -n 's/^#     \(--[a-z]*\).*/\1/p' scripts/run.sh); do
    check "README.md names $option" grep -q -e "$option" README.md
done
for command in $(sed -n 's/^ *"[a-z: ]* *ksyms \([a-z]*\) FILE.*/\1/p' scripts/ksyms.c); do
    check "docs/ksyms.md names ksyms $command" grep -q "ksyms $command FILE" docs/ksyms.md
done
for option in $(sed -n 's/^ *"  .* \(--[a-z-]*\) .*/\1/p' scripts/gen_trace.c | grep -v -e --help -e --output); do
    check "docs/ksyms.md names gen_trace $option" grep -q -e "$option" docs/ksyms.md
done
finish
