#!/bin/sh
# SPDX-License-Identifier: MIT
#
# lifetime.sh: modules come and go: what a load takes, the unload gives back; what is in use stays;
# commands and names of a module go with it.
set -eu
. "$console_scripts/console.sh"
. "$(dirname "$0")/state.sh"

sh "$console_scripts/make-initrd.sh" "$scratch/initrd" "lib/modules/$VERSION/kernel" "$MODULES"/*.ko \
    "$TEST_MODULES/forgetful.ko" "$TEST_MODULES/forgetful_heap.ko" "$TEST_MODULES/permanent.ko" \
    "$TEST_MODULES/weak.ko" \
    "$TEST_MODULES/constructor.ko" "$TEST_MODULES/escape.ko" \
    "$TEST_MODULES"/holder*.ko
sh "$console_scripts/make-iso.sh" "$scratch/iso" "$KERNEL" "$scratch/initrd"
console_start "$scratch/iso" --append panic=exit

modules='hello greet_user greet rtc pci crash'
round() {
    for module in $modules; do
        console_command "modprobe $module"
        console_expect_none "$module.ko:"
    done
    # newest first, so that users go before what they use
    for module in $(echo "$modules" | tr ' ' '\n' | sort -r) ; do
        console_command "rmmod $module"
        console_expect_none 'rmmod:'
    done
}
console_command 'modprobe fail'
round
state_keep
round
round
state_same 'three rounds of loading and unloading'

# in use
console_command 'modprobe greet_user'
console_command 'rmmod greet'
console_expect 'rmmod: greet: in use by greet_user'
console_command 'lsmod'
console_expect '^greet  *[0-9]*  1 greet_user$' '^greet_user  *[0-9]*  0$'
console_command 'modprobe greet_user'
console_expect_none 'greet_user.ko'
console_command 'rmmod greet_user greet'
state_same 'a module in use'

# modprobe -r takes out what only it needed, and nothing else
console_command 'modprobe greet_user; modprobe rtc; modprobe -r greet_user; lsmod'
console_expect '^rtc'
console_expect_none '^greet'
console_command 'modprobe greet_user; modprobe -r greet'
console_expect 'rmmod: greet: in use by greet_user'
console_command 'modprobe -r greet_user; modprobe -r rtc'
state_same 'modprobe -r'

# its commands and names are there while it is, and not after
console_command 'date'
console_expect 'command not found'
console_command 'modprobe rtc'
console_command 'date'
console_expect 'UTC'
console_command 'ksyms rtc_read'
console_expect 'T rtc_read	\[rtc\]'
console_command 'rmmod rtc'
console_command 'date'
console_expect 'command not found'
console_command 'ksyms rtc_read'
console_expect 'no such symbol'

# a command that the module forgot is taken back
console_command 'modprobe forgetful; forgotten'
console_expect '^forgotten with 1 words'
console_command 'rmmod forgetful'
console_expect 'forgetful: left 1 shell command registered: taken back'
console_command 'forgotten'
console_expect 'command not found'
state_same 'a module that forgot its command'

# ... also when its struct lies in the heap: that one object the module has leaked, and no more
count_objects() {
    sed -n 's/^heap: *\([0-9]*\) objects.*/\1/p' "$console_directory/state"
}
objects=$(count_objects)
console_command 'modprobe forgetful_heap; heaped a b'
console_expect '^heaped with 3 words'
console_command 'rmmod forgetful_heap'
console_expect 'forgetful_heap: left 1 shell command registered: taken back'
console_command 'heaped'
console_expect 'command not found'
state_keep
if [ "$(count_objects)" != $((objects + 1)) ]; then console_fail "more than its command is left"; fi

# init functions are gone after init, the others are there
console_command 'modprobe hello'
console_command 'ksyms hello_exit'
console_expect '\[hello\]'
console_command 'ksyms -p hello_init'
console_expect_none '\[hello\]'
console_command 'rmmod hello'

# parameters reach the module
console_command 'insmod hello name=Ada count=2 loud numbers=1,2,3 title=Countess'
console_expect 'hello: hello, Countess Ada!' 'hello: number 3 of 3: 3'
console_command 'rmmod hello'
state_same 'a module with texts as parameters'

# control bytes of a file do not reach the terminal
console_command 'modinfo escape'
console_expect 'red ?\[31m and gone ?\[2J'

# constructors run before init, destructors after exit
console_command "modprobe constructor; rmmod constructor"
console_expect "constructor: destructor after 12ix"
state_same "constructors"

# a weak symbol may be missing, without a word
console_command "modprobe weak"
console_expect "weak: optional is not there"
console_expect_none "unknown symbol"
console_command "rmmod weak"

# held open: rmmod says how often, and who did it last
console_command 'modprobe holder; hold; rmmod holder'
console_expect 'rmmod: holder: in use: held 1 time, the last by run_hold+0x[0-9a-f]*/0x[0-9a-f]* \[holder\]'
console_command 'hold_once; rmmod holder'
console_expect 'rmmod: holder: in use: held 2 times, the last by run_hold_once+0x'
console_command 'modprobe holder_user; hold; rmmod holder; lsmod; modprobe -r holder'
console_expect 'rmmod: holder: in use by holder_user, and held 3 times, the last by run_hold+' \
    '^holder  *[0-9]*  4 holder_user$'
# at the most 2^20 of all kinds: one more is refused, also to a module that wants to use it
console_command 'rmmod holder_user; hold 2000000'
console_expect '^held 1048573 times more$'
console_command 'modprobe holder_user'
console_expect 'holder_user.ko: uses "held_by_use" of holder, which has 1048576 references: no more are allowed'
console_command 'lsmod'
console_expect '^holder  *[0-9]*  1048576$'
console_expect_none '^holder_user'
console_command 'release 1048576; release; rmmod holder'
console_expect 'holder: module_put without try_module_get, by run_release+.* \[holder\]' \
    'holder: going: cannot be held'
console_command 'insmod holder fails'
console_expect 'init of module holder failed: -5 (EIO)' 'holder: 1 reference was not given back'
state_same 'a module that was held'

# without exit a module stays
console_command 'modprobe permanent; rmmod permanent'
console_expect 'rmmod: permanent: has no exit function'
console_command lsmod
console_expect '^permanent'

# a crash inside init names the init function, which lies in memory that would be freed
console_end 35 "modprobe crash at_init=null"
console_expect "RIP: 0010:read_age+.* \\[crash\\]" " init_module+.* \\[crash\\]" " run_modprobe+" "Modules linked in: crash(+) permanent"
