#!/bin/sh
# SPDX-License-Identifier: MIT
#
# index.sh: gen_modules says of a tree of modules what Debian's depmod says: the shipped modules and
# those of the tests; or, given a folder with lib/modules/VERSION/kernel/, those in it:
#
#     TEST_DIRECTORY=/tmp GEN_MODULES=build/scripts/gen_modules sh test/golden/index.sh FOLDER VERSION
#
# (Debian signs its modules: `strip -g` takes the signature off, which gen_modules refuses.)
# Environment: GEN_MODULES and STRIP programs; TEST_MODULES and MODULE_DIRECTORY folders; VERSION.
tree=${1:-}
VERSION=${2:-${VERSION:-}}
. "$(dirname "$0")/check.sh"
need depmod kmod
begin

# A module that exports its own name, and calls another one.
assemble() { # FILE NAME NEEDED
    {
        printf '.globl %s\n%s: call %s\n' "$2" "$2" "$3"
        printf '.section "___ksymtab+%s","a"\n__ksymtab_%s: .long %s - .,0,0\n' "$2" "$2" "$2"
        printf '.section __ksymtab_strings,"a"\n.asciz "%s"\n' "$2"
        printf '.section .modinfo,"a"\n.asciz "name=%s"\n' "$2"
    } | as -o "$1" -
}

if [ -z "$tree" ]; then
    # Tables of exports that were written by hand have no labels, by which gen_modules knows exports;
    # and two modules with one export are told apart by nothing.
    tree=$PWD/tree
    kernel=$tree/lib/modules/$VERSION/kernel
    mkdir -p "$kernel/deeper"
    for file in "$MODULE_DIRECTORY"/*.ko "$TEST_MODULES"/*.ko; do
        case $(basename "$file") in
        export_* | second_greet.ko) continue ;;
        used_*) folder=$kernel/deeper ;;
        *) folder=$kernel ;;
        esac
        "$STRIP" -g -o "$folder/$(basename "$file")" "$file"
    done
    for pair in chain_1:chain_3 chain_2:printk chain_3:chain_2 chain_4:chain_1; do
        assemble "$kernel/${pair%:*}.ko" "${pair%:*}" "${pair#*:}"
    done
fi

root=$tree/lib/modules/$VERSION
mkdir ours
(cd "$root" && find kernel/ -name '*.ko') | LC_ALL=C sort >list
(ln -s "$root/kernel" ours/kernel && "$GEN_MODULES" ours <list) || give_up "gen_modules failed"
depmod -b "$tree" "$VERSION" 2>depmod.log || give_up "depmod: $(cat depmod.log)"

# One line for each module and each word that stands beside it.  Of modules without CRCs depmod reads the
# strings of __ksymtab_strings as names of exports: those of namespaces too.
pairs() { # FILE
    grep -v -e '^#' -e '^alias symbol:ONOMA_TEST ' "$1" | awk '{ print $1; for (i = 2; i <= NF; i++) print $1, $i }' | sort
}
for file in modules.dep modules.alias modules.softdep modules.symbols; do
    pairs "$root/$file" >wanted
    pairs "ours/$file" >found
    same "$file of gen_modules and of depmod" wanted found
    check "$file says something" test -s found
    say "$file: $(wc -l <found) words, the same as depmod's"
done

# From right to left each module has what it needs itself when it comes.
awk -F '[: ]+' '
    NR == FNR { needs[$1] = $0; next }
    {
        split("", there)
        for (i = NF; i >= 1; i--) {
            if ($i == "") continue
            n = split(needs[$i], words, /[: ]+/)
            for (w = 2; w <= n; w++) {
                if (words[w] != "" && !(words[w] in there)) print $1 ": " $i " before " words[w]
            }
            there[$i] = 1
        }
    }' ours/modules.dep ours/modules.dep >disorder
empty "modules that stand right of what they need" disorder

# The same bytes in whatever order the files are named.
mkdir again && ln -s "$root/kernel" again/kernel
sort -r list | "$GEN_MODULES" again
for file in modules.dep modules.alias modules.softdep modules.symbols; do
    same "$file from a list in another order" "ours/$file" "again/$file"
done

# What is no module, and a circle, are refused.
mkdir -p bad/kernel
echo text >bad/kernel/text.ko
echo kernel/text.ko | "$GEN_MODULES" bad 2>error && bad "a text was taken for a module"
check "a text is named" grep -q '^gen_modules: kernel/text.ko: no module: .*shorter than' error
assemble bad/kernel/left.ko left right
assemble bad/kernel/right.ko right left
printf '%s\n' kernel/left.ko kernel/right.ko | "$GEN_MODULES" bad 2>error && bad "a circle was taken"
same_text "a circle is named" \
    'gen_modules: kernel/left.ko: depends on itself, through kernel/right.ko' "$(cat error)"
check "a failed run leaves no index" test ! -e bad/modules.dep
finish
