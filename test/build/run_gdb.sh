#!/bin/sh
# SPDX-License-Identifier: MIT
#
# run_gdb.sh: what `run.sh --gdb` starts, and where: within tmux, without, and from tmux.  cmake,
# tmux, gdb, QEMU and dpkg-query are stand-ins that write down what they are given.  The checkout is in a
# folder with a space.
. "$(dirname "$0")/../golden/check.sh"
begin
need script bsdutils

ln -s "$SOURCE_DIRECTORY" 'a checkout'
project="$PWD/a checkout"
mkdir bin
stand_in() { # PROGRAM COMMAND...
    printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
    chmod +x "bin/$1"
}
export CALLS="$scratch/calls"
for program in cmake tmux gdb qemu-system-x86_64; do
    stand_in $program "{ printf '%s' $program; printf ' <%s>' \"\$@\"; echo; } >>\"\$CALLS\""
done
stand_in dpkg-query 'printf installed'
# All else that run.sh needs, but no tmux.
mkdir bare
for program in sh dirname cat mktemp rm sed tr stty; do ln -s "$(command -v $program)" bare/; done

# At a terminal, as `script` makes one: without that run.sh gives the tour.
run() { # PATH TMUX
    : >calls
    PATH=$1 TMUX=$2 "$terminal" -qec "sh '$project/scripts/run.sh' --gdb --memory 64" /dev/null >said 2>&1 </dev/null
}
terminal=$(command -v script)
export SHELL=/bin/sh
kernel=$project/build-debug/src/kernel/kernel.elf
iso=$project/build-debug/onoma.iso

for program in cmake qemu-system-x86_64 dpkg-query; do ln -s "$scratch/bin/$program" bare/; done
check 'without tmux' run "$scratch/bare" ''
check 'the debug build is made' grep -Fx 'cmake <--build> <--preset> <debug> <--target> <iso>' calls
check 'QEMU waits' grep -F "<-gdb> <tcp:localhost:1234> <-S>" calls
check 'of that build' grep -F "<-cdrom> <$iso>" calls
check 'the kernel keeps modules for gdb' grep -F 'string=debug=gdb' calls
check 'options go through' grep -F '<-m> <64>' calls
line=$(tr -d '\r' <said | sed -n '/^ *cd .* && gdb /p')
check 'the line for another terminal' env PATH="$scratch/bin:$PATH" sh -e -c "$line"
check 'is gdb at QEMU' grep -Fx "gdb <$kernel> <-ex> <target remote localhost:1234>" calls

check 'in tmux' run "$scratch/bin:$PATH" "$scratch/socket,1,0"
check 'gdb beside it' grep -Fx "tmux <split-window> <-h> <gdb> <-q> <$kernel> <-ex> <target remote localhost:1234>" calls
check 'QEMU here' grep -F "<-gdb> <tcp:localhost:1234> <-S>" calls

check 'a tmux of its own' run "$scratch/bin:$PATH" ''
check 'a session' grep '^tmux <new-session> <sh> ' calls # its arguments have two lines: a text for the terminal
check 'with both' grep "<--iso> <$iso> .*<;> <split-window> <-h> <gdb> <-q> <$kernel> <-ex> <target remote localhost:1234>\$" calls
check 'QEMU is what tmux starts' grep '<--gdb> <--memory> <64> <;>' calls
check 'and not started here' sh -c '! grep ^qemu calls'
finish
