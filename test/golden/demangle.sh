#!/bin/sh
# SPDX-License-Identifier: MIT
#
# demangle.sh: names of C++ come out of `ksyms demangle` as they do of c++filt.
#
# 1. The names of demangle.names, a line for each construction of the mangling: all.
# 2. All names that libstdc++.so.6 exports: all but one in a thousand (none with that of Debian 12).
# 3. In a text, and `ksyms list --demangle` of the C++ module as `nm -C`.
#
# test/bench/demangle.sh does the same for half a million names.
#
# Environment: KSYMS, NM programs; MODULE_DIRECTORY; SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/check.sh"
need c++filt binutils
begin

library=$(ls /usr/lib/x86_64-linux-gnu/libstdc++.so.6 /usr/lib64/libstdc++.so.6 2>/dev/null | head -n 1)

# NAMES: a line `mangled<TAB>wanted<TAB>found` for each that differs, in the file `different`.
compare() {
    c++filt <"$1" >wanted
    "$KSYMS" demangle <"$1" >found
    paste "$1" wanted found | awk -F '\t' '$2 != $3' >different
}

names=$SOURCE_DIRECTORY/test/golden/demangle.names
compare "$names"
empty "names of demangle.names that differ: mangled, c++filt, ksyms" different
check "c++filt knows all of them" sh -c '! grep "^_Z" wanted'

[ -n "$library" ] || give_up "libstdc++.so.6 is missing: apt-get install libstdc++6"
"$NM" -D --defined-only "$library" | awk '{ sub(/@.*/, "", $NF); print $NF }' | grep '^_Z' |
    sort -u >library
compare library
count=$(wc -l <library)
check "$library exports names of C++" test "$count" -gt 1000
check "$(wc -l <different) of $count names of $library differ: $(head -n 1 different)" \
    test "$(wc -l <different)" -le $((count / 1000))
say "$count names of $library, $(wc -l <different) of them differ"

cat >text <<'EOF'
RIP: 0010:_ZN4disk5Queue6submitEPKcj+0x2/0x7 [disk]
no names: _Z _Zx main _ZN4disk _ZN4disk5QueueE_ x_Z1fv; _Z1fv, (_Z1fv) _Z1fv.cold
EOF
c++filt <text >wanted
"$KSYMS" demangle <text >found
same "names in a text" wanted found

# A module has no addresses to be sorted by, and the table no symbols that are elsewhere.
module=$MODULE_DIRECTORY/ring.ko
"$NM" -C -n -S "$module" | grep -v " U " | sort >wanted
"$KSYMS" list --demangle "$module" | sed "s/^......../00000000/" | sort >found
same "symbols of ring.ko, of nm -C and of ksyms list --demangle" wanted found
finish
