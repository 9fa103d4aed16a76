#!/bin/sh
# SPDX-License-Identifier: MIT
# shell.sh: the prompt as a person uses it: editing, history, completion, mistakes.
set -eu
. "$console_scripts/console.sh"

escape=$(printf '\033')
tab=$(printf '\t')

console_start "$ISO"

# mistakes are answered
console_command 'lsmud'
console_expect 'onoma: lsmud: command not found' 'did you mean lsmod?'
console_command 'rmmod'
console_expect '^usage: rmmod MODULE'
console_command 'dmesg now'
console_expect '^usage: dmesg'
console_command 'echo "open'
console_expect 'quot'
console_command 'modinfo nothing'
console_expect 'modinfo: nothing: no such module'
console_command 'help'
console_expect '^ *lsmod' '^ *ksyms'

# a line over 80 columns
long=$(awk 'BEGIN { for (i = 0; i < 60; i++) printf "word%02d ", i }')
console_command "echo '$long'"
console_expect '^word00 word01 .* word59'

# editing: backspace, left, insert
console_command "ecko$(printf '\177\177')ho one three${escape}[D${escape}[D${escape}[D${escape}[D${escape}[Dtwo "
console_expect '^one two three'

# history: the line before the last again
console_command 'echo first'
console_command 'echo second'
console_command "${escape}[A${escape}[A"
console_expect '^first'

# completion of a command, a module and a symbol
console_command "modpr${tab}greet_u${tab}"
console_expect 'greet: greetings, user'
console_command "rmm${tab}greet_u${tab}"
console_command 'lsmod'
console_expect_none 'greet_user'
console_command "ksyms kernel_m${tab}"
console_expect 'T kernel_main'

# words that a command gives itself
console_command "modprobe crash"
console_mark
printf 'crash wild%s' "$tab" >&9
console_wait "crash wild-call "
console_interrupt

# several candidates are listed after a second Tab
console_mark
printf 'ksyms arch_page_%s%s' "$tab" "$tab" >&9
console_wait 'arch_page_map  *arch_page_physical\|arch_page_unmap'
console_interrupt

console_end 33 exit
