#!/bin/sh
# SPDX-License-Identifier: MIT
#
# traces.sh: what a person, and a tool, reads in a trace.
#
# 1. WARN prints the trace and goes on.
# 2. Each frame is one for syzkaller and for Linux's decode_stacktrace.sh, whose patterns are used
#    here, and no other line is; what they would then find in the files (nm, addr2line) is what the
#    kernel printed itself.
# 3. A fault in an inlined function of one module that another one's init calls.
#    A module without rows is walked by its frame pointers.
# 4. An address in a module that is gone says which.
# 5. An NMI over an exception over an interrupt.
# 6. trace=names, raw, markup; what llvm-symbolizer makes of the last.
set -eu
. "$console_scripts/console.sh"

tree=$scratch/tree/lib/modules/$VERSION/kernel
mkdir -p "$tree"
for file in "$MODULES/crash.ko" "$MODULES/greet.ko" "$TEST_MODULES/fragile.ko" \
    "$TEST_MODULES/fragile_user.ko" "$TEST_MODULES/keeper.ko" "$TEST_MODULES/leaver.ko"; do
    cp "$file" "$scratch/"
    strip -g -o "$tree/$(basename "$file")" "$file"
done
(cd "$scratch/tree" && find . | cpio --quiet -o -H newc) >"$scratch/initrd"
iso=$scratch/iso
sh "$console_scripts/make-iso.sh" "$iso" "$KERNEL" "$scratch/initrd"

report() { # the lines since the last mark, without timestamps
    console_output | sed 's/^\[ *[0-9.]*\] //'
}

# Patterns must come one after the other.
expect_sequence() { # PATTERN...
    report >"$scratch/lines"
    at=1
    for pattern in "$@"; do
        found=$(tail -n "+$at" "$scratch/lines" | grep -n -m 1 -e "$pattern" | cut -d: -f1)
        [ -n "$found" ] || console_fail "\"$pattern\" is missing after line $at"
        at=$((at + found))
    done
}

build_id() { readelf -n "$1" | sed -n 's/.*Build ID: //p' | head -n 1; }

# ---- 1: WARN ----

console_start "$iso" --append 'trace=most panic=exit norandom'
console_expect 'command line: trace=most: must be full, names, raw or markup'
console_command 'modprobe crash'
console_command 'crash warn'
symbol='+0x[0-9a-f]*/0x[0-9a-f]*'
expect_sequence '^-*\[ cut here \]-*$' '^5 is more than 3$' \
    "^WARNING: CPU: 0 PID: 0 at modules/crash/crash.c:[0-9]* warn_of$symbol \\[crash\\]\$" \
    "^CPU: 0 PID: 0 Comm: crash Onoma .* BuildID: $(build_id "$KERNEL")\$" \
    "^RIP: 0010:warn_of$symbol \\[crash\\]\$" '^     at modules/crash/crash.c:[0-9]*$' \
    '^Call Trace:$' "^ warn_and_go_on$symbol \\[crash\\]\$" "^ run_crash$symbol \\[crash\\]\$" \
    "^ kernel_entry$symbol\$" '^Modules linked in: crash$' \
    "^ crash: 0xffffffffc0[0-9a-f]* BuildID: $(build_id "$MODULES/crash.ko")\$" '^---\[ end trace ' \
    '^WARN_ON(hide_number(1) == 1)$' '^WARNING: ' '^---\[ end trace ' '^crash: warn: survived$'

# ---- 2: tools ----

# syzkaller's frames and decode_stacktrace.sh's lines, as they stand in these programs.
syzkaller_frame='^ *(\[<?[0-9a-f]+>?\] ?){0,2}[ 	]+([0-9]+:)?([a-zA-Z0-9_.]+)\+0x([0-9a-f]+)/0x([0-9a-f]+)'
syzkaller_rip='N?IP:? (([0-9]+:)?([a-zA-Z0-9_]+)(\.|\+)|[0-9]+:0x[0-9a-f]+)'
decoder_line='[^+ ]+\+0x[0-9a-f]+/0x[0-9a-f]+'

# For each line of the decoder: file, name, offset, and whether it is exact.
decoder_frames() {
    grep -E "$decoder_line" | awk '{
        module = "-"; last = NF
        if ($last ~ /^\[[^]]+\]$/) { module = substr($last, 2, length($last) - 2); last-- }
        symbol = $last
        exact = $1 ~ /^RIP:/
        sub(/^[^:]*:/, "", symbol)
        split(symbol, half, "+"); split(half[2], size, "/")
        print module, half[1], size[1], exact
    }'
}

# What decode_stacktrace.sh would print, but at the call and not behind it: file:line, innermost first.
decoded() {
    while read -r module name offset exact; do
        file=$KERNEL
        if [ "$module" != - ]; then file=$scratch/$module.ko; fi
        base=$(nm "$file" | awk -v name="$name" '$3 == name && ($2 == "t" || $2 == "T") { print $1; exit }')
        [ -n "$base" ] || continue
        # no shell counts with 64 bits without a sign
        address=${base%????????}$(printf '%08x' $((0x${base#????????} + offset - 1 + exact)))
        section=$(nm -f sysv "$file" | awk -F '|' -v name="$name" '{ gsub(/ /, "") } $1 == name { print $7; exit }')
        if [ "$module" = - ]; then set --; else set -- -j "$section"; fi
        addr2line -i "$@" -e "$file" "0x$address" |
            sed "s/ (discriminator.*//; s#.*/\\./##; :again; s#^\\./##; t again; /^??/d; s#^#$name #"
    done
}

# What the kernel said of the same frames.
printed() {
    sed -n 's|^.*[ :]\([^ +:]*\)+0x[0-9a-f]*/0x[0-9a-f]*\( \[[a-z_]*\]\)\{0,1\}$|frame \1|p
        s|^     at \([^ ]*\).*|\1|p' | awk '$1 == "frame" { name = $2; next } { print name, $1 }'
}

console_end 35 'crash null'
report | sed -n '/^BUG:/,$p' >"$scratch/oops"
sed -n '/^Call Trace:/,/^Modules/p' "$scratch/oops" | sed '1d;$d' >"$scratch/trace"
grep -vE '^     at ' "$scratch/trace" >"$scratch/frames"
[ "$(wc -l <"$scratch/frames")" -ge 6 ] || console_fail 'too few frames'
if grep -vE "$syzkaller_frame" "$scratch/frames"; then console_fail 'no frame for syzkaller'; fi
if grep -E '^     at ' "$scratch/trace" | grep -E "$syzkaller_frame|$decoder_line"; then
    console_fail 'a place looks like a frame'
fi
grep '^RIP:' "$scratch/oops" | grep -qE "$syzkaller_rip" || console_fail 'no RIP for syzkaller'
{ grep -A 9 '^RIP:' "$scratch/oops" | sed '/^Code:/,$d'; cat "$scratch/trace"; } >"$scratch/both"
decoder_frames <"$scratch/both" | decoded >"$scratch/wanted"
printed <"$scratch/both" >"$scratch/found"
[ "$(wc -l <"$scratch/wanted")" -ge 7 ] || console_fail 'nothing was decoded'
if ! diff "$scratch/wanted" "$scratch/found"; then console_fail 'nm and addr2line say otherwise'; fi
# and a frame's line fits a screen of 80 columns, with its timestamp
if awk 'length($0) > 80 - 15' "$scratch/frames" | grep .; then console_fail 'a frame is wider than 80 columns'; fi
echo "$(wc -l <"$scratch/found") places of $(wc -l <"$scratch/frames") frames are those of addr2line"

# ---- 3: inlined, in another module, in init ----

console_start "$iso" --append 'panic=exit norandom'
console_end 35 'modprobe fragile_user'
expect_sequence '^BUG: kernel NULL pointer dereference, address: 0000000000000008$' \
    "^RIP: 0010:fragile_age$symbol \\[fragile\\]\$" \
    '^     at test/boot/modules/fragile.c:[0-9]* (inlined read_age)$' \
    '^     at test/boot/modules/fragile.c:[0-9]*$' '^Call Trace:$' \
    "^ init_module$symbol \\[fragile_user\\]\$" \
    '^     at test/boot/modules/fragile_user.c:[0-9]*$' \
    "^ module_load$symbol\$" "^ kernel_entry$symbol\$" \
    '^Modules linked in: fragile_user(+) fragile$' "^ fragile_user: .* BuildID: $(build_id "$TEST_MODULES/fragile_user.ko")\$"

# ---- A module from elsewhere: no rows, but frame pointers ----

"$GEN_KSYMS" -o "$scratch/framed.ksyms" "$TEST_MODULES/framed.ko.map"
"$OBJCOPY" --update-section .ksyms="$scratch/framed.ksyms" "$TEST_MODULES/framed.ko" "$scratch/framed.ko"
strip -g -o "$tree/framed.ko" "$scratch/framed.ko"
if "$KSYMS" frames "$scratch/framed.ko" 2>/dev/null | grep -q pc=; then console_fail 'framed.ko has rows'; fi
(cd "$scratch/tree" && find . | cpio --quiet -o -H newc) >"$scratch/initrd"
sh "$console_scripts/make-iso.sh" "$iso" "$KERNEL" "$scratch/initrd"
console_start "$iso" --append 'panic=exit norandom'
console_end 35 'modprobe framed'
expect_sequence "^RIP: 0010:framed_inner$symbol \\[framed\\]\$" '^Call Trace:$' \
    "^ framed_middle$symbol \\[framed\\]\$" "^ framed_outer$symbol \\[framed\\]\$" \
    "^ init_module$symbol \\[framed\\]\$" "^ run_init$symbol\$" "^ module_load$symbol\$" \
    "^ kernel_entry$symbol\$" '^Modules linked in: framed(+)$'
console_expect_none 'the walk ends'

# ---- 4: gone ----

gone() { # LOAD RIP
    console_start "$iso" --append 'panic=exit norandom'
    console_command 'modprobe keeper'
    console_command "$1"
    console_end 35 kept
    expect_sequence '^BUG: unable to handle page fault' '^#PF: supervisor instruction fetch' \
        "^RIP: 0010:0xffffffffc0[0-9a-f]* ($2+0x[0-9a-f]*)\$" '^Call Trace:$' \
        "^ run_kept$symbol \\[keeper\\]\$" "^ kernel_entry$symbol\$" "$3"
}
gone 'modprobe leaver; rmmod leaver' 'unloaded module leaver' \
    '^Modules linked in: keeper \[last unloaded: leaver\]$'
gone 'modprobe leaver early=1' 'unloaded init code of module leaver' '^Modules linked in: leaver keeper$'
gone 'modprobe leaver early=1 fails=1' 'unloaded init code of module leaver' \
    '^Modules linked in: keeper \[last unloaded: leaver\]$'

# ---- 5: NMI over an exception over an interrupt ----

console_start_monitored "$iso" --append norandom
console_command 'modprobe crash'
console_send 'crash interrupt'
console_wait 'end Kernel panic'
console_mark
echo nmi >&8
console_wait ' kernel_entry+0x'
report | sed -n 's/^RIP: 0010:\([a-z_]*\)+.*/>\1/p; s/^ \([a-z_]*\)+.*/\1/p' >"$scratch/names"
printf '%s\n' nmi trap_dispatch trap_common '>arch_halt' oops trap_dispatch trap_common \
    '>overwrite_byte' fault_below fault_in_handler trap_dispatch trap_common '>call_in_interrupt' \
    fault_in_interrupt run_crash shell_execute shell_run kernel_main kernel_entry >"$scratch/wanted"
# of the functions between these, some may be inlined
grep -xF -f "$scratch/wanted" "$scratch/names" >"$scratch/found"
if ! diff "$scratch/wanted" "$scratch/found"; then console_fail 'the trace is another one'; fi
kill "$console_qemu"
wait "$console_qemu" || :

# ---- 6: styles ----

console_start "$iso" --append 'trace=names panic=exit norandom'
console_command 'modprobe crash; backtrace'
report | sed -n 's/^ \([a-z_]*+0x.*\)/\1/p' >"$scratch/named"
[ "$(wc -l <"$scratch/named")" -ge 6 ] || console_fail 'trace=names: too few frames'
if report | grep '^     at '; then console_fail 'trace=names: there are files'; fi
console_command 'backtrace full'
report | sed -n 's/^ \([a-z_]*+0x.*\)/\1/p' >"$scratch/found"
if ! diff "$scratch/named" "$scratch/found"; then console_fail 'backtrace full: not the same frames'; fi
report | grep -q '^     at src/kernel/shell/shell.c:' || console_fail 'backtrace full: no files'
console_command 'backtrace raw'
report | sed -n 's/^ \(0x[0-9a-f]*\)$/\1/p' >"$scratch/raw"
[ "$(wc -l <"$scratch/raw")" -eq "$(wc -l <"$scratch/named")" ] || console_fail 'backtrace raw: not the same frames'
"$KSYMS" decode "$KERNEL" <"$scratch/raw" | sed 's/.*{\([^ }]*\).*/\1/' >"$scratch/found"
if ! diff "$scratch/named" "$scratch/found"; then console_fail 'backtrace raw: not the same addresses'; fi

# llvm-symbolizer finds the files by their build ids.
ids=$scratch/debug/.build-id
for file in "$KERNEL" "$MODULES/crash.ko"; do
    id=$(build_id "$file")
    mkdir -p "$ids/$(echo "$id" | cut -c1-2)"
    cp "$file" "$ids/$(echo "$id" | cut -c1-2)/$(echo "$id" | cut -c3-).debug"
done
command -v llvm-symbolizer-16 >/dev/null || console_fail 'llvm-symbolizer-16 is missing: apt-get install llvm-16'
symbolized() { # COMMAND: function and place of each frame, the inlined ones too
    console_command "$1"
    report | sed '/^WARN_ON/,$d' | llvm-symbolizer-16 --filter-markup --color=never \
        --debug-file-directory="$scratch/debug" |
        sed -n 's|^ *#[0-9.]*  *0x[0-9a-f]*  *\([a-z_]*\)  *\(.*/\./\)*\([^ ]*:[0-9]*\):[0-9]* .*|\1 \3|p'
}
# of a trace in full: the name of an inlined function, or that of the frame
in_full() { # COMMAND
    console_command "$1"
    report | sed '/^WARN_ON/,$d' | sed -n 's|^.*[ :]\([^ +:]*\)+0x[0-9a-f]*/0x[0-9a-f]*\( \[[a-z_]*\]\)\{0,1\}$|frame \1|p
        s|^     at \([^ ]*\) (inlined \(.*\))$|inline \2 \1|p; s|^     at \([^ ]*\)$|at \1|p' |
        awk '/^frame/ { name = $2 } /^inline/ { print $2, $3 } /^at/ { print name, $2 }'
}
console_command 'backtrace full'
# (In a module's file all sections begin at 0: there it may take the name of an object.)
in_full 'crash warn' | sed 's|^[^ ]* \(modules/\)|\1|' >"$scratch/wanted"
console_command 'backtrace markup'
symbolized 'crash warn' >"$scratch/found"
sed '/^kernel_entry/d; s|^[^ ]* \(modules/\)|\1|' "$scratch/found" >"$scratch/placed"
if ! diff "$scratch/wanted" "$scratch/placed"; then console_fail 'llvm-symbolizer says otherwise'; fi
[ "$(wc -l <"$scratch/placed")" -ge 8 ] || console_fail 'llvm-symbolizer finds too few frames'
console_command 'backtrace most'
console_expect 'usage: backtrace'
console_end 33 exit

# ... which looks for a line at the call, or at the very instruction that was interrupted: there a
# trace in full has a RIP.
frames_of_interrupt() { # STYLE
    console_start "$iso" --append "trace=$1 panic=exit norandom"
    console_command 'modprobe crash'
    console_end 35 'crash interrupt'
    report | sed -n '/^BUG:/,/^Modules/p' >"$scratch/oops"
}
frames_of_interrupt full
sed -n 's/^RIP: .*/pc/p; s/^ [a-z_]*+0x.*/ra/p' "$scratch/oops" | awk '{ print NR - 1, $1 }' >"$scratch/wanted"
[ "$(grep -c pc "$scratch/wanted")" -eq 2 ] || console_fail 'two frames were interrupted'
frames_of_interrupt markup
sed -n 's/^{{{bt:\([0-9]*\):0x[0-9a-f]*:\([a-z]*\)}}}$/\1 \2/p' "$scratch/oops" >"$scratch/found"
diff "$scratch/wanted" "$scratch/found" || console_fail 'markup: not what was interrupted (<: a trace in full)'
grep -A 1 '^Call Trace:' "$scratch/oops" | grep -qx '{{{reset}}}' ||
    console_fail 'markup: what was said of other files before is not taken back'

# Guesses are raw too: `ksyms decode` finds the frames that crash.sh wants by name.
console_start "$iso" --append 'trace=raw panic=exit norandom'
console_command 'modprobe crash'
console_end 35 'crash smash'
report | sed -n '/^ (what follows is a guess/,/^Modules/p' | sed '1d;$d' >"$scratch/guesses"
if grep -vE '^ \? 0x[0-9a-f]{16}$' "$scratch/guesses"; then console_fail 'trace=raw: a guess is not raw'; fi
report | "$KSYMS" decode "$KERNEL" "$MODULES/crash.ko" | sed -n 's/^ ? .*{\([a-z_]*\)+.*/\1/p' >"$scratch/names"
printf '%s\n' run_crash shell_execute shell_run kernel_main kernel_entry >"$scratch/wanted"
grep -xF -f "$scratch/wanted" "$scratch/names" | uniq >"$scratch/found"
diff "$scratch/wanted" "$scratch/found" || console_fail 'trace=raw: other guesses than the names tell'
