#!/bin/sh
# SPDX-License-Identifier: MIT
#
# command_line.sh: options from grub.cfg and from QEMU; unknown, malformed and overlong ones are
# reported and the kernel goes on to its prompt.
set -eu
. "$console_scripts/console.sh"

iso=$scratch/iso
sh "$console_scripts/make-iso.sh" "$iso" "$KERNEL" "$INITRD" \
    'panic=0 init_modules=greet_user,hello hello.name=grub hello.count=1 colour=blue loglevel=9'

console_start "$iso" --append 'hello.count=2 panic=soon =1 run="echo from-run; lsmod"'
console_expect 'command line: colour=blue: ' 'command line: loglevel=9: ' \
    'command line: panic=soon: must be a number of seconds' 'command line: =1: '
console_expect 'hello: hello, grub' '^from-run' '^greet_user '
if [ "$(console_output | grep -c 'hello: hello, grub')" != 2 ]; then
    console_fail 'hello.count=2 of the second source did not win'
fi
console_command cmdline
console_expect 'hello.name=grub' '^  panic=' '^  init_modules='
console_end 33 exit

# 5,000 bytes: the words that fit are obeyed, the rest is said to be ignored
words=$(awk 'BEGIN { for (i = 0; i < 500; i++) printf "word%05d ", i }')
console_start "$iso" --append "init_modules=rtc $words run=lsmod"
console_expect 'command line: word00000: ' 'command line: .*bytes'
console_command lsmod
console_expect '^rtc '
console_command dmesg
console_end 33 exit

# half a word, where the text is cut, is not obeyed
long=$(awk 'BEGIN { for (i = 0; i < 5000; i++) printf "x" }')
console_start "$iso" --append "init_modules=rtc hello.name=$long"
console_expect "command line: the text from QEMU is longer than 4095 bytes"
console_expect_none "hello: hello, xxx"
console_end 33 exit

# quiet shows errors only; dmesg has all
console_start "$iso" --append 'quiet'
console_expect_none 'initrd:'
console_command dmesg
console_expect 'initrd: '
console_end 33 exit
