#!/bin/sh
# SPDX-License-Identifier: MIT
#
# threads.sh: threads of modules: where each sleeps, in the words of an Oops; what one leaves when its
# module goes; and that no module goes from under one.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

tab=$(printf '\t')
symbol='+0x[0-9a-f]*/0x[0-9a-f]*'
sh "$console_scripts/make-initrd.sh" "$scratch/initrd" "lib/modules/$VERSION/kernel" \
    "$MODULES/rtc.ko" "$MODULES/heartbeat.ko" "$TEST_MODULES/threads.ko" "$TEST_MODULES/guest.ko"
iso=$scratch/iso
sh "$console_scripts/make-iso.sh" "$iso" "$KERNEL" "$scratch/initrd"

report() { # the lines since the last command, without timestamps
    console_output | sed 's/^\[ *[0-9.]*\] //'
}
frames() { # names of a trace, and the lines in modules
    report | grep -v "^ task_sleep+" | sed -n '/^Call Trace:/,$ { s/^ \([a-z_]*\)+0x[0-9a-f]*\/0x[0-9a-f]*\( \[[a-z]*\]\)\{0,1\}$/\1\2/p
        s/^     at \(modules\/.*\|test\/.*\)/\1/p; }'
}
expect_frames() { # LINE...
    printf '%s\n' "$@" >"$scratch/wanted"
    frames >"$scratch/found"
    diff "$scratch/wanted" "$scratch/found" || console_fail 'the trace is another one'
}
line_of() { # FILE TEXT [FUNCTION]: the first line with the text, in that function
    awk -v text="$2" -v name="${3:-}" 'name == "" || index($0, name) { is_in = 1 } is_in && index($0, text) { print NR; exit }' \
        "$SOURCE/$1"
}
expect_soon() { # COMMAND PATTERN: for what a thread does in between
    tries=50
    console_command "$1"
    while ! console_has "$2"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || console_fail "$1: never \"$2\""
        console_command "$1"
    done
}

# ---- A thread of a module that ships ----

console_start "$iso" --append panic=exit
console_command 'modprobe heartbeat; modprobe threads; rmmod heartbeat rtc threads; ps'
console_expect '^    PID S COMMAND$' '^      0 R ps$'
console_expect_none '\[heartbeat\]$'
state_keep

# before it ran it stands where it begins; then it sleeps where the source says
console_command 'modprobe heartbeat; backtrace heartbeat; ps'
console_expect 'task:heartbeat  *state:R pid:3$' '^      3 R \[heartbeat\]$'
expect_frames thread_entry
expect_soon ps '^      3 S \[heartbeat\]$'
heartbeat=modules/heartbeat/heartbeat.c
console_command 'backtrace heartbeat'
console_expect 'task:heartbeat  *state:S pid:3$'
expect_frames schedule schedule_timeout_interruptible 'beat_until_stopped [heartbeat]' \
    "$heartbeat:$(line_of $heartbeat 'schedule_timeout_interruptible(')" kthread thread_entry
console_command 'backtrace names 3'
expect_frames schedule schedule_timeout_interruptible 'beat_until_stopped [heartbeat]' kthread thread_entry
# itself, by number or not
console_command 'backtrace full 0'
expect_frames run_backtrace shell_run_command shell_execute shell_run kernel_main kernel_entry
console_command 'backtrace 2'
console_expect '^backtrace: 2: no thread of that PID' '^usage: backtrace'
# Tab knows names, PIDs and styles
console_command "backtrace heart$tab"
console_expect 'task:heartbeat'
console_mark
printf 'backtrace %s%s' "$tab" "$tab" >&9
console_wait '^names  *markup  *heartbeat  *3$'
console_expect '^full  *raw  *shell  *0$'
console_interrupt
console_command 'rmmod heartbeat rtc; ps'
console_expect_none 'heartbeat\]'
console_command 'backtrace heartbeat'
console_expect 'no thread of that PID or name'
state_same 'a module with a thread'

# it works while the prompt waits, and goes on when its time has come
console_command 'modprobe heartbeat seconds=1'
console_wait 'heartbeat: 20.*UTC'
console_mark
console_wait 'heartbeat: 20[0-9-]* [0-9:]* UTC'
console_command 'rmmod heartbeat rtc'

# ---- What a thread does ----

threads=test/boot/modules/threads.c
console_command 'modprobe threads'
expect_soon ps 'D \[sleep\]$'
console_command 'backtrace sleep'
expect_frames schedule msleep 'nap [threads]' "$threads:$(line_of $threads ' msleep(20)')" \
    'sleep_often [threads]' "$threads:$(line_of $threads 'nap();' sleep_often)" \
    kthread thread_entry
console_command 'rmmod threads'
console_expect 'threads: sleep returned 7$'
# several at once, by format
console_command 'modprobe threads kind=switch count=3'
expect_soon ps '\[switch/0\]$'
console_expect '\[switch/1\]$' '\[switch/2\]$'
console_command 'rmmod threads'
# a warning tells who; a thread that has returned waits for the one who started it
console_command 'modprobe threads kind=warn'
expect_soon ps 'Z \[warn\]$'
console_position=0
console_expect "WARNING: CPU: 0 PID: [1-9][0-9]* at $threads:$(line_of $threads ' WARN(') warn_once$symbol \\[threads\\]" \
    'CPU: 0 PID: [1-9][0-9]* Comm: warn Onoma ' "RIP: 0010:warn_once$symbol \\[threads\\]" " thread_entry$symbol\$"
console_command 'rmmod threads'
console_expect 'threads: warn returned 9$'
# one that was told to stop before it ran never does
console_command 'modprobe threads kind=fault; rmmod threads'
console_expect 'threads: fault returned -4$'
state_same 'threads that were stopped'

# ---- A module that leaves its thread ----

console_command 'modprobe threads leaves; rmmod threads; lsmod'
console_expect 'threads: left thread sleep (PID [0-9]*): stopped$'
console_expect_none '^threads'
console_command 'modprobe threads kind=warn leaves'
expect_soon ps 'Z \[warn\]$'
console_command 'rmmod threads'
console_expect 'threads: left thread warn (PID [0-9]*): stopped$'
console_command 'modprobe threads fails; lsmod'
console_expect 'threads: left thread sleep (PID [0-9]*): stopped$'
console_expect_none '^threads'
state_same 'threads that were left'
# ... which does not stop: the module stays until it has
for option in '' ' fails'; do
    console_command "modprobe threads kind=stubborn leaves$option"
    if [ -z "$option" ]; then
        expect_soon ps 'D \[stubborn\]$'
        console_command 'rmmod threads'
    fi
    console_expect "threads: thread stubborn (PID [0-9]*) is still in it, at nap$symbol \\[threads\\]: it stays"
    console_command 'backtrace stubborn; lsmod; modprobe threads'
    console_expect " sleep_on$symbol \\[threads\\]" '^threads ' 'threads.ko: module threads is being loaded or unloaded'
    console_command let_go
    expect_soon ps 'Z \[stubborn\]$'
    console_command 'rmmod threads; lsmod'
    console_expect 'threads: left thread stubborn (PID [0-9]*): stopped$'
    console_expect_none '^threads'
    state_same "a thread that does not stop$option"
done
# ... and one of another module that is in a function of this one
console_command 'modprobe threads kind=host; modprobe guest'
expect_soon 'backtrace host' " sleep_as_guest$symbol \\[guest\\]"
console_command 'rmmod guest; lsmod'
console_expect "guest: thread host (PID [0-9]*) is still in it, at sleep_as_guest$symbol \\[guest\\]" '^guest '
console_command 'let_go; rmmod guest; lsmod'
console_expect '^threads  *[0-9]*  0$'
console_expect_none '^guest '
console_command 'rmmod threads'
state_same 'a thread in another module'
console_end 33 exit

# ---- Where a thread ends the kernel ----

crash() { # KIND PATTERN...
    console_start "$iso" --append panic=exit
    console_end 35 "modprobe threads kind=$1"
    shift
    console_expect "$@" '^.*\[ end Kernel panic'
    frames >"$scratch/found"
    tail -n 1 "$scratch/found" | grep -qx thread_entry || console_fail 'the trace does not end where threads begin'
}
crash fault 'BUG: kernel NULL pointer dereference, address: 0000000000000000' \
    'CPU: 0 PID: 1 Comm: fault Onoma' "RIP: 0010:write_to_null$symbol \\[threads\\]" " fault$symbol \\[threads\\]"
crash overflow 'BUG: overflow stack guard page was hit at ffffffff[0-9a-f]* (stack overflow)' \
    'double fault: 0000' 'CPU: 0 PID: 1 Comm: overflow Onoma' "RIP: 0010:go_deep$symbol \\[threads\\]" \
    'the same frame [0-9]* more times' " overflow$symbol \\[threads\\]"
crash atomic 'Kernel panic - not syncing: scheduling while atomic: atomic, PID 1' \
    " nap$symbol \\[threads\\]" "RIP: 0010:call_in_interrupt$symbol\$" " sleep_in_interrupt$symbol \\[threads\\]"
