#!/bin/sh
# SPDX-License-Identifier: MIT
#
# gdb.sh: gdb without a script sees modules come and go, when the kernel was started with debug=gdb;
# without that nothing is kept.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

sh "$console_scripts/make-initrd.sh" --debug "$scratch/initrd" "lib/modules/$VERSION/kernel" "$MODULES"/*.ko \
    "$TEST_MODULES/needs_more.ko"
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$KERNEL" "$scratch/initrd"
gdb_log=$scratch/gdb

line_of() { # FILE TEXT: the number of its first line with that text
    grep -n -F -e "$2" "$SOURCE/$1" | sed 's/:.*//; q'
}

gdb_output() {
    tail -c "+$((gdb_position + 1))" "$gdb_log"
}

gdb_has() { # PATTERN
    gdb_output | grep -q -e "$1"
}

gdb_fail() { # TEXT
    echo "gdb says:" >&2
    sed 's/^/    /' "$gdb_log" >&2
    console_fail "$1"
}

gdb_expect() { # PATTERN...: each in what gdb printed since the last command
    for pattern in "$@"; do gdb_has "$pattern" || gdb_fail "gdb: no line matches \"$pattern\""; done
}

gdb_expect_none() { # PATTERN
    if gdb_has "$1"; then gdb_fail "gdb: a line matches \"$1\""; fi
}

gdb_finish() { # wait until gdb has done what it was told
    gdb_count=$((gdb_count + 1))
    printf 'echo =%s=\\n\n' $gdb_count >&7
    console_until "gdb's answer" gdb_has "=$gdb_count="
}

gdb_command() { # TEXT...: each a command
    gdb_position=$(wc -c <"$gdb_log")
    printf '%s\n' "$@" >&7
    gdb_finish
}

# gdb goes on from a breakpoint by a single step.  QEMU ends that step where it began when an interrupt comes
# in this moment (cpu_exec_interrupt() of CPU_INTERRUPT_POLL), and gdb says that the breakpoint was hit again.
# So the step is made before anything is typed, and again until it is made.
gdb_leave_breakpoint() {
    gdb_command 'print $pc'
    gdb_stopped_at=$(gdb_program_counter)
    gdb_tries=0
    while [ "$(gdb_program_counter)" = "$gdb_stopped_at" ]; do
        gdb_tries=$((gdb_tries + 1))
        if [ $gdb_tries -gt 20 ]; then gdb_fail "gdb: no step leads away from $gdb_stopped_at"; fi
        gdb_command stepi 'print $pc'
    done
}

gdb_program_counter() { # as the last command printed it
    gdb_output | sed -n 's/.* = .*(void (\*)(\(void\)*)) \(0x[0-9a-f]*\).*/\2/p'
}

# Let the kernel go on, type a command at its prompt, and wait until gdb stops it.
gdb_until_breakpoint() { # [CONSOLE-COMMAND]
    if [ "$gdb_at_breakpoint" ]; then gdb_leave_breakpoint; fi
    gdb_at_breakpoint=yes
    gdb_position=$(wc -c <"$gdb_log")
    echo continue >&7
    if [ $# -gt 0 ]; then console_send "$1"; fi
    gdb_finish
}

gdb_start() {
    gdb_count=0
    gdb_at_breakpoint=
    rm -f "$scratch/gdb.in"
    console_until "QEMU's socket" test -S "$scratch/socket"
    : >"$gdb_log"
    mkfifo "$scratch/gdb.in"
    HOME=$scratch DEBUGINFOD_URLS= gdb -q -nx "$KERNEL" -ex "target remote $scratch/socket" \
        <"$scratch/gdb.in" >>"$gdb_log" 2>&1 &
    gdb=$!
    exec 7>"$scratch/gdb.in"
    gdb_command 'set width 0' 'set height 0' 'set breakpoint pending on'
}

gdb_end() { # the kernel goes on without it
    gdb_command 'detach'
    exec 7>&-
    wait "$gdb" || :
}

# ---- From before the kernel's first instruction on: a breakpoint in an init that runs at boot ----

number_line=$(line_of modules/hello/hello.c 'pr_info("number')
console_boot "$scratch/iso" --append 'debug=gdb init_modules=hello hello.numbers=7,9' \
    --gdb-socket "$scratch/socket" --paused
gdb_start
gdb_command "break hello.c:$number_line"
gdb_expect 'Breakpoint 1 (.*) pending'
gdb_until_breakpoint
gdb_expect "^Breakpoint 1, print_numbers () at .*modules/hello/hello.c:$number_line"
gdb_command 'info locals' 'print *(int *)numbers@2'
gdb_expect '^(gdb) number = 7\|^number = 7' 'i = 0' '= {7, 9}'
gdb_command 'backtrace'
gdb_expect ' print_numbers () at .*hello\.c' ' hello_init () at .*hello\.c' ' in run_init (.*load_run\.c' \
    ' in module_probe (.*probe\.c' ' kernel_main (.*main\.c'
gdb_command delete
gdb_end
console_until prompt console_has_prompt
console_end 33 exit

# ---- Attached late: what is loaded already; what comes; what goes ----

console_start "$scratch/iso" --append 'debug=gdb norandom init_modules=greet' \
    --gdb-socket "$scratch/socket" --icount
console_command 'mem; lsmod'
modules_of_mem() {
    console_output | sed -n 's/^modules: *\([0-9]*\) pages.*/\1/p'
}
bytes_of_lsmod() {
    console_output | awk '/^Module /{on = 1; next} on && NF >= 3 {sum += $2} END {print sum + 0}'
}
pages=$(modules_of_mem)
if [ $((pages * 4096)) -le "$(bytes_of_lsmod)" ]; then console_fail 'no file is kept for gdb'; fi
state_keep
gdb_start
greet_line=$(line_of modules/greet/greet.c 'greet_count++')
# Nobody can write into the file.
gdb_command 'print (void *)__jit_debug_descriptor.first->file'
file=$(gdb_output | sed -n 's/.*(void \*) 0x\([0-9a-f]*\).*/\1/p')
gdb_command 'monitor info mem'
gdb_expect "$file-.* -r-"
gdb_command "break greet.c:$greet_line" 'break greet_user_init' "break hello.c:$number_line"
gdb_expect "Breakpoint 1 at 0xffffffffc.*greet.c, line $greet_line" 'Breakpoint 2 (.*) pending'
gdb_until_breakpoint 'modprobe hello numbers=1'
gdb_expect '^Breakpoint 3, print_numbers () at '
gdb_until_breakpoint 'modprobe greet_user name=Ada'
gdb_expect '^Breakpoint 2, greet_user_init () at .*greet_user\.c'
gdb_command 'print $pc'
init=$(gdb_output | sed -n 's/.* \(0xf[0-9a-f]*\) <.*/\1/p')
gdb_until_breakpoint
gdb_expect '^Breakpoint 1, greet (name=.* "Ada") at .*greet\.c'
gdb_command 'backtrace'
gdb_expect '#0  greet (' '#1  .* in greet_user_init () at .*greet_user\.c' '#2  .* in run_init (' ' kernel_main ('
# Its init is gone after init: nothing of it is left where it was, and breakpoints wait elsewhere.
gdb_command 'break run_uptime'
gdb_until_breakpoint uptime
gdb_command 'info breakpoints' "info symbol $init"
gdb_expect '^2 .* 0x00000000000[0-9a-f]* in greet_user_init' '^3 .* 0x00000000000[0-9a-f]* in print_numbers' \
    'No symbol matches' '^1 .* in greet at '
gdb_until_breakpoint 'greet Bob'
gdb_expect '^Breakpoint 1, greet (name=.* "Bob")'
gdb_command 'delete 1' 'break rtc.c:rtc_init'
gdb_until_breakpoint 'rmmod greet_user; uptime'
gdb_command 'info symbol run_greet' 'info address greet'
gdb_expect 'No symbol "run_greet" in current context' 'Symbol "greet" is '

# One that is refused, and one whose init fails, are not there either.
gdb_until_breakpoint 'insmod needs_more; modprobe fail; uptime'
gdb_command 'info functions needs_more' 'info functions fail_init'
gdb_expect_none '\.c:$'

# Another module where the first one was, and the first one again.
gdb_until_breakpoint 'modprobe rtc'
gdb_expect '^Breakpoint .*, rtc_init () at .*rtc\.c'
gdb_until_breakpoint 'modprobe greet_user'
gdb_expect '^Breakpoint 2, greet_user_init () at .*greet_user\.c'
gdb_command 'delete'
gdb_end
console_until prompt console_has_prompt
console_command 'rmmod greet_user; rmmod rtc; rmmod hello'
state_same 'modules that gdb has seen'
console_command 'mem'
console_expect '^W^X: .* 0 writable and executable, 0 with a writable alias'
console_end 33 exit

# ---- Not asked for: nothing is kept ----

console_start "$scratch/iso" --append 'init_modules=greet'
console_command 'mem; lsmod'
if [ $(($(modules_of_mem) * 4096)) != "$(bytes_of_lsmod)" ]; then
    console_fail 'something is kept besides the modules themselves'
fi
console_end 33 exit
