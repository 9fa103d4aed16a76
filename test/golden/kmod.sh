#!/bin/sh
# SPDX-License-Identifier: MIT
#
# kmod.sh: the programs that Linux has for modules answer about ours.
#
#   modinfo    what the sources and the build say: license, parameters, vermagic …
#   depmod     that every symbol a module needs is exported; and what `depends=` says
#   modprobe   what to load first
#   eu-elflint that the modules and the kernel are ELF by the book
#   cpio       that the initrd holds them
#
# Environment: NM, STRIP, OBJCOPY programs; SOURCE_DIRECTORY; KERNEL; INITRD; VERSION of the project;
# MODULE_DIRECTORY and MODULES, folder and names.
. "$(dirname "$0")/check.sh"
need modinfo kmod
need depmod kmod
need modprobe kmod
need eu-elflint elfutils
need cpio cpio
begin

# ---- modinfo against the sources ----

# The text of a MODULE_…("text") in a module's source.
tag_in_source() { # MODULE TAG
    sed -n "s/^MODULE_$2(\"\(.*\)\");.*/\1/p" "$SOURCE_DIRECTORY/modules/$1/$1".c*
}

# What modinfo should print of the parameters: `name:description (type)`.
parameters_in_source() { # MODULE
    sed -n '
        s/^module_param(\([a-z_]*\), \([a-z]*\),.*/type \1 \2/p
        s/^module_param_array(\([a-z_]*\), \([a-z]*\),.*/type \1 array of \2/p
        s/^module_param_string(\([a-z_]*\),.*/type \1 string/p
        s/^MODULE_PARM_DESC(\([a-z_]*\), "\(.*\)");/text \1 \2/p
        ' "$SOURCE_DIRECTORY/modules/$1/$1".c* | awk '
        { name = $2; what = $0; sub(/^[^ ]* [^ ]* /, "", what) }
        $1 == "type" { type[name] = what }
        $1 == "text" { print name ":" what " (" type[name] ")" }' | sort
}

check_modinfo() { # MODULE
    file=$MODULE_DIRECTORY/$1.ko
    for tag in license author description version; do
        wanted=$(tag_in_source "$1" "$(echo $tag | tr a-z A-Z)")
        same_text "modinfo -F $tag $1.ko" "$wanted" "$(modinfo -F $tag "$file")"
    done
    check "the source of $1 has a license" test -n "$(tag_in_source "$1" LICENSE)"
    same_text "modinfo -F name $1.ko" "$1" "$(modinfo -F name "$file")"
    same_text "modinfo -F vermagic $1.ko" "$VERSION onoma x86_64" "$(modinfo -F vermagic "$file")"
    parameters_in_source "$1" >wanted
    modinfo -F parm "$file" | sort >found
    same "modinfo -F parm $1.ko" wanted found
    parameter_count=$((parameter_count + $(wc -l <found)))
}

parameter_count=0
for module in $MODULES; do
    check_modinfo "$module"
done
check "hello.ko has parameters" test "$(modinfo -F parm "$MODULE_DIRECTORY/hello.ko" | wc -l)" -ge 8
say "modinfo: $(echo $MODULES | wc -w) modules, $parameter_count parameters"

# ---- depmod and modprobe ----

# A tree as depmod wants it, from modules and the kernel's symbols.
make_tree() { # DIRECTORY
    mkdir -p "$1/lib/modules/$VERSION/kernel"
    for module in $MODULES; do
        cp "$MODULE_DIRECTORY/$module.ko" "$1/lib/modules/$VERSION/kernel/"
    done
    "$NM" -n "$KERNEL" >"$1/System.map"
}

run_depmod() { # DIRECTORY: what it complains of, but for files that only Linux's build makes
    depmod -e -F "$1/System.map" -b "$PWD/$1" "$VERSION" 2>&1 |
        grep -v 'WARNING: could not open modules\.\(order\|builtin\|builtin\.modinfo\) at '
}

dependencies() { # DIRECTORY MODULE: by depmod, as `depends=` has them
    sed -n "s|^kernel/$2\.ko: *||p" "$1/lib/modules/$VERSION/modules.dep" |
        sed 's|kernel/||g; s|\.ko||g; s| |,|g'
}

make_tree tree
run_depmod tree >complaints
empty "complaints of depmod" complaints
for module in $MODULES; do
    same_text "depends= of $module.ko and modules.dep" \
        "$(dependencies tree "$module")" "$(modinfo -F depends "$MODULE_DIRECTORY/$module.ko")"
done
same_text "modules.dep: what greet_user needs" greet "$(dependencies tree greet_user)"
modprobe -d "$PWD/tree" -S "$VERSION" --show-depends greet_user |
    sed 's|^insmod .*/\([a-z_]*\)\.ko *$|\1|' >found
printf '%s\n' greet greet_user >wanted
same "modprobe --show-depends greet_user" wanted found
for symbol in greet greet_count; do
    check "modules.symbols: $symbol is greet's" \
        grep -qx "alias symbol:$symbol greet" "tree/lib/modules/$VERSION/modules.symbols"
done
say "depmod: $("$NM" "$KERNEL" | grep -c ' __ksymtab_') exports of the kernel; modprobe:" \
    "$(tr '\n' ' ' <found)"

# ... and they complain when there is a reason.
# The list of exported names is what depmod reads: rename one of greet's.
make_tree without_export
greet=without_export/lib/modules/$VERSION/kernel/greet.ko
"$OBJCOPY" --dump-section __ksymtab_strings=strings "$greet" dumped.ko
sed 's/greet_count/greet_kount/' strings >renamed
"$OBJCOPY" --update-section __ksymtab_strings=renamed "$greet"
run_depmod without_export >complaints
sed 's/.*\(greet_user\)/\1/' complaints >found
echo 'greet_user.ko needs unknown symbol greet_count' >wanted
same "depmod misses an export of greet, and nothing else" wanted found

make_tree without_module
rm "without_module/lib/modules/$VERSION/kernel/greet.ko"
run_depmod without_module >complaints
check "depmod misses the module greet" \
    grep -q 'greet_user.ko needs unknown symbol greet_count$' complaints
check "modprobe does not find greet" \
    sh -c '! modprobe -d "$1/without_module" -S "$2" --show-depends greet' sh "$PWD" "$VERSION"

make_tree without_kernel
sed -i '/ __ksymtab_printk$/d' without_kernel/System.map
run_depmod without_kernel >complaints
check "depmod misses printk in the kernel" grep -q 'hello.ko needs unknown symbol printk$' complaints

# ---- ELF by the book ----

set -- "$KERNEL"
for module in $MODULES; do set -- "$@" "$MODULE_DIRECTORY/$module.ko"; done
for file in "$@"; do
    check "eu-elflint $file" eu-elflint --gnu-ld --quiet "$file"
done
# ... and it complains of one that is not: a section header that points outside.
cp "$MODULE_DIRECTORY/hello.ko" wrong.ko
printf '\377\377' | dd of=wrong.ko bs=1 seek=40 conv=notrunc 2>/dev/null
check "eu-elflint sees a damaged module" sh -c '! eu-elflint --gnu-ld --quiet wrong.ko'

# ---- The initrd ----

{
    printf '%s\n' lib lib/modules "lib/modules/$VERSION" "lib/modules/$VERSION/kernel"
    for file in dep alias softdep symbols sha256; do echo "lib/modules/$VERSION/modules.$file"; done
    for module in $MODULES; do echo "lib/modules/$VERSION/kernel/$module.ko"; done
    if [ -e "$KERNEL.types" ]; then echo "lib/modules/$VERSION/kernel/kernel.types"; fi
} | sort >wanted
cpio -it --quiet <"$INITRD" | sort >found
same "cpio -it of the initrd" wanted found
mkdir unpacked && (cd unpacked && cpio -id --quiet <"$INITRD")
for module in $MODULES; do
    "$STRIP" -g -o stripped.ko "$MODULE_DIRECTORY/$module.ko"
    same "$module.ko in the initrd" stripped.ko "unpacked/lib/modules/$VERSION/kernel/$module.ko"
    check "eu-elflint of $module.ko in the initrd" eu-elflint --gnu-ld --quiet stripped.ko
done
if [ -e "$KERNEL.types" ]; then
    same "kernel.types in the initrd" "$KERNEL.types" "unpacked/lib/modules/$VERSION/kernel/kernel.types"
fi
cpio -itv --quiet <"$INITRD" | awk '{ print $1, $3, $4 }' | sort -u >found
printf '%s\n' '-rw-r--r-- root root' 'drwxr-xr-x root root' | sort >wanted
same "modes and owners in the initrd" wanted found
head -c 6 "$INITRD" >magic
same_text "the initrd's format is newc" 070701 "$(cat magic)"
finish
