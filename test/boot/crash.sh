#!/bin/sh
# SPDX-License-Identifier: MIT
#
# crash.sh KIND: a fault of that kind inside the module `crash` ends in an Oops that says what it
# was and names every frame, in order; and all of it in the order of Linux's.
set -eu
. "$console_scripts/console.sh"

kind=$1

# What the report says, where it happened, and the frames above, innermost first; then all up to the
# outermost one, or, behind a damaged stack, guesses at them.
ends_at=kernel_entry
case $kind in
assert)
    reason='kernel BUG at .*crash.c:[0-9]*!'
    frames='assertion_failed claim_that fail_assertion' ;;
bad-frame)
    reason='BUG: kernel NULL pointer dereference, address: 0000000000000000'
    rip=overwrite_byte
    frames='fault_below smash_frame_pointer'
    ends_at='(the walk ends: frame below the last one: .*)'
    guesses='lose_frame run_crash' ;;
breakpoint)
    reason='int3: 0000 \[#1\]'
    rip=execute_breakpoint
    frames='meet_breakpoint' ;;
cold)
    reason='BUG: kernel NULL pointer dereference, address: 0000000000000000'
    rip=overwrite_byte
    frames='fault_below complain check_number.cold fault_in_cold_part' ;;
divide)
    reason='divide error: 0000 \[#1\]'
    rip=divide
    frames='share_among_nobody' ;;
double-fault)
    reason='double fault: 0000 \[#1\]'
    rip=push_to_nowhere
    frames=
    ends_at='(the walk ends: stack pointer on no stack: 0xffffea0000001000)'
    guesses='lose_stack run_crash' ;;
endless-frames)
    reason='BUG: kernel NULL pointer dereference, address: 0000000000000000'
    rip=overwrite_byte
    frames='fault_below tie_frame_pointer_to_itself'
    ends_at='(the walk ends: frame below the last one: .*)'
    guesses='make_endless_chain run_crash' ;;
execute-data)
    reason='kernel tried to execute NX-protected page'
    rip=instructions
    frames='call_instructions execute_data' ;;
gp)
    reason='general protection fault: 0000 \[#1\]'
    rip=overwrite_byte
    frames='use_wild_pointer' ;;
index)
    reason='UBSAN or __builtin_trap: ud2 at prime+0x'
    rip=prime
    frames='ask_for_fifth_of_four' ;;
interrupt)
    reason='BUG: kernel NULL pointer dereference, address: 0000000000000000'
    rip=overwrite_byte
    frames='fault_below fault_in_handler fault_in_interrupt' ;;
null)
    reason='BUG: kernel NULL pointer dereference, address: 0000000000000018'
    rip=read_age
    frames='greet_nobody' ;;
null-call)
    reason='#PF: supervisor instruction fetch in kernel mode'
    rip=0x0000000000000000
    frames='call_instructions call_null_pointer' ;;
overflow)
    reason='UBSAN or __builtin_trap: ud2 at add+0x'
    rip=add
    frames='overflow_sum' ;;
panic)
    reason='Kernel panic - not syncing: crash was asked to panic'
    frames='panic give_up call_panic' ;;
smash)
    reason='BUG: kernel NULL pointer dereference, address: 0000000000000000'
    rip=overwrite_byte
    frames='fault_below write_beyond_buffer'
    ends_at='(the walk ends: return address in no code: 0x4141414141414141)'
    guesses=run_crash ;;
stack)
    reason='BUG: boot stack guard page was hit at .* (stack overflow)'
    rip=count_down_for_ever
    frames='count_down_for_ever overflow_stack' ;;
tail-call)
    reason='BUG: kernel NULL pointer dereference, address: 0000000000000000'
    rip=overwrite_byte
    frames='fault_below fault_behind_tail_call' ;;
ud2)
    reason='invalid opcode: 0000 \[#1\]'
    rip=execute_undefined_instruction
    frames='meet_undefined_instruction' ;;
wild-call)
    reason='BUG: unable to handle page fault for address: ffffea0012345678'
    rip=0xffffea0012345678
    frames='call_instructions call_wild_pointer' ;;
write-code)
    reason='#PF: error_code(0x0003) - permissions violation'
    rip=overwrite_byte
    frames='change_code_of_printk' ;;
write-late)
    reason='#PF: error_code(0x0003) - permissions violation'
    rip=overwrite_byte
    frames='change_after_init' ;;
write-rodata)
    reason='#PF: error_code(0x0003) - permissions violation'
    rip=overwrite_byte
    frames='change_constant' ;;
*)
    echo "crash.sh: no such kind: $kind" >&2
    exit 2 ;;
esac

console_start "$ISO" --append panic=exit
console_command 'modprobe greet_user; modprobe crash'
console_end 35 "crash $kind"
console_expect "$reason"

# The lines of the report, without their timestamps.
report=$console_directory/report
console_output | sed 's/^\[ *[0-9.]*\] //' >"$report"

# Each of these must come, in this order.
sequence() {
    cat <<EOF
$reason
CPU: 0 PID: 0 Comm: crash Onoma [0-9.]* BuildID: [0-9a-f]*
EOF
    case $kind in
    assert | panic) ;;
    *) cat <<EOF ;;
RIP: 0010:$rip
Code: 
RSP: 0018:[0-9a-f]* EFLAGS: [0-9a-f]*
RAX: [0-9a-f]* RBX: [0-9a-f]* RCX: [0-9a-f]*
R13: [0-9a-f]* R14: [0-9a-f]* R15: [0-9a-f]*
CR2: [0-9a-f]* CR3: [0-9a-f]*
EOF
    esac
    echo 'Call Trace:'
    for name in $frames; do
        case $name in
        panic | assertion_failed) echo "^ $name+0x[0-9a-f]*/0x[0-9a-f]*\$" ;;
        *) echo "^ $name+0x[0-9a-f]*/0x[0-9a-f]* \\[crash\\]\$" ;;
        esac
    done
    if [ "$ends_at" = kernel_entry ]; then
        mark=
        outer=run_crash
    else
        printf "%s\n" "$ends_at" "^ (what follows is a guess: words on the stack)"
        mark='? '
        outer=$guesses
    fi
    for name in $outer; do echo "^ $mark$name+0x[0-9a-f]*/0x[0-9a-f]* \\[crash\\]\$"; done
    for name in shell_execute shell_run kernel_main kernel_entry; do
        echo "^ $mark$name+0x[0-9a-f]*/0x[0-9a-f]*\$"
    done
    printf '%s\n' 'Modules linked in: crash greet_user greet$' '---\[ end '
}

line=1
sequence >"$console_directory/sequence"
while read -r pattern; do
    found=$(tail -n "+$line" "$report" | grep -n -m 1 -e "$pattern" | cut -d: -f1)
    [ -n "$found" ] || console_fail "\"$pattern\" is missing after line $line of the report"
    line=$((line + found))
done <"$console_directory/sequence"

# Between "Call Trace:" and its end there is nothing that has no name.
sed -n '/^Call Trace:/,/^Modules linked/p' "$report" >"$console_directory/trace"
if grep -E '^ 0x[0-9a-f]{16}' "$console_directory/trace"; then
    console_fail 'a frame has no name'
fi
# ... and each frame of C tells its place, if the build has put lines into the tables (libdw-dev).
if grep -q "^     at " "$console_directory/trace"; then
    awk '
        /\+0x/ && wanted { print wanted; wanted = "" }
        /^     at [a-z0-9_\/]*\.[ch]:[1-9][0-9]*( \(inlined [a-z_0-9]*\))?$/ { wanted = ""; next }
        /\+0x/ && !/ (kernel_entry|trap_common)\+|^ \? / { wanted = $0 }
        END { if (wanted) print wanted }' "$console_directory/trace" >"$console_directory/unplaced"
    if [ -s "$console_directory/unplaced" ]; then
        cat "$console_directory/unplaced"
        console_fail "a frame has no place"
    fi
fi
