#!/bin/sh
# SPDX-License-Identifier: MIT
#
# your_kernel.sh: docs/your-kernel.md can be followed word for word.
#
# 1. The code that it shows is code of examples/, line for line and in whole statements, which the tests
#    build and boot (test/build/examples.sh, which also runs the commands of the guide, and the blocks
#    behind `<!-- names.c -->`, the kernel of step 1, and `<!-- export.h -->`).
# 2. All that those examples do with the kit is in the guide: each line of theirs that names it.
# 3. What is installed is whole: the guide's links lead somewhere, and each program has --help, on the
#    standard output with status 0, and a man page with each option and command of it.
#
# Environment: SOURCE_DIRECTORY the checkout; BUILD the build folder; CMAKE.
. "$(dirname "$0")/check.sh"
begin
guide=$SOURCE_DIRECTORY/docs/your-kernel.md

# Each block of C, make, CMake or a linker script becomes a file of its own.
awk '/^```/ { if (inside) { inside = 0; next }
              inside = 1; kind = substr($0, 4); if (before ~ /^<!-- [a-z]*\.[ch] -->/) kind = "names"; number++; next }
     inside && (kind ~ /^(c|names|make|cmake|)$/) { print >sprintf("block.%02d.%s", number, kind) }
     { before = $0 }' "$guide"
count=0
for block in block.*; do
    same_text "brackets are closed in: $(head -n 1 "$block")" \
        "$(tr -cd '({[' <"$block" | wc -c)" "$(tr -cd ')}]' <"$block" | wc -c)"
    # What is FetchContent's, the trace, and the kernel of step 1 are compared by examples.sh.
    case $block in *.names) continue ;; esac
    if grep -q -e FetchContent -e 'Call Trace' "$block"; then continue; fi
    count=$((count + 1))
    found=no
    for file in "$SOURCE_DIRECTORY"/examples/*/*; do
        [ -f "$file" ] || continue
        if awk 'NR == FNR { wanted[NR] = $0; count = NR; next }
                { line[FNR] = $0 }
                END { for (start = 1; start + count - 1 <= FNR; start++) {
                          for (i = 1; i <= count && line[start + i - 1] == wanted[i]; i++) { }
                          if (i > count) exit 0
                      }
                      exit 1 }' "$block" "$file"; then
            found=yes
            break
        fi
    done
    if [ $found = no ]; then
        bad "no file of examples/ has these lines of docs/your-kernel.md:"
        sed 's/^/    /' "$block"
    fi
done
check "the guide has code" test $count -gt 10
say "$count blocks of code are in examples/"

cat block.* >shown
for file in c/kernel.c c/CMakeLists.txt make/kernel.c make/Makefile boot/kernel.lds; do
    # Not comments of a line.
    grep -i ksyms "$SOURCE_DIRECTORY/examples/$file" | grep -v -e '^ *#[^a-z]' -e '^ \*' >wanted
    check "$file uses the kit" test -s wanted
    grep -v -x -F -f shown wanted >unsaid
    empty "lines of examples/$file that the guide does not have" unsaid
done

# ---- What is installed ----

prefix=$PWD/prefix
check "cmake --install" "$CMAKE" --install "$BUILD" --prefix "$prefix"
for document in "$prefix"/share/ksyms/docs/*.md "$prefix"/share/ksyms/examples/*.md; do
    for link in $(grep -o '](\([^)#]*\)[)#]' "$document" | sed 's/^](//; s/[)#]$//' | grep -v '^https\{0,1\}:'); do
        check "the installed ${document##*/} links $link" test -e "$(dirname "$document")/$link"
    done
done
for program in "$prefix"/bin/*; do
    name=${program##*/}
    page=$prefix/share/man/man1/$name.1
    check "$name --help" sh -c '"$0" --help >help 2>errors' "$program"
    empty "$name --help: errors" errors
    check "$name --help: usage" grep -q "^usage: $name" help
    check "$name: a man page" test -e "$page" || continue
    sed 's/\\f.//g; s/\\-/-/g; s/^\.[A-Z]* //' "$page" >text
    # Options, commands (`usage: ksyms lookup FILE`), and what follows one.
    { grep -o -e '[ [(|]--[a-z-]*' help | sed 's/^.//'; sed -n "s/^.* $name \([a-z][a-z]*\) .*/\1/p" help
        grep "^ *\(usage: \)*$name " help | grep -o '[A-Z][A-Za-z_]*\.ko[^ ]*' | tr -d ']'; } | sort -u >words
    while read -r word; do
        check "the man page of $name has $word" grep -q -w -F -e "$word" text
    done <words
done
check "there are programs" test "$(ls "$prefix/bin" | wc -l)" -ge 5
finish
