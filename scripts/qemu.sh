#!/bin/sh
# SPDX-License-Identifier: MIT
#
# qemu.sh: the one place that knows how this kernel is started in QEMU.
#
#     qemu.sh --iso FILE [options] [-- QEMU-ARGUMENT...]
#
#     --kernel FILE   instead of --iso: QEMU itself loads it, by multiboot1 or PVH
#     --uefi          by UEFI (OVMF) instead of BIOS
#     --memory N      MiB of memory (default 256)
#     --smp N         processors (the kernel uses one)
#     --cpu MODEL     default max
#     --append TEXT   added to the kernel's command line
#     --gdb           wait for gdb at localhost:1234, which shall see modules (debug=gdb)
#     --gdb-socket PATH  let gdb come at any time to this socket: `target remote PATH`
#     --paused        wait for gdb there
#     --icount        count instructions: one takes 1 ns of the machine's time, whatever the host does
#     --display       open QEMU's window as well: the kernel's screen
#     --monitor PATH  QEMU's monitor on the FIFOs PATH.in and PATH.out, for tests
#
# The serial line is standard input and output; on a terminal Ctrl-A X leaves QEMU.  The exit status
# is QEMU's: 33 after the shell's `exit`, 35 after a panic with panic=exit, 0 when the machine was
# switched off, and with -no-reboot also after a reset or a triple fault.
set -eu

iso=
kernel=
uefi=no
memory=256
smp=1
cpu=max
append=
display=no
gdb=no
gdb_socket=
paused=no
icount=no
monitor=

usage() {
    sed -n '3,/^set -eu/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    case $1 in
    --iso | --kernel | --memory | --smp | --cpu | --append | --monitor | --gdb-socket)
        [ $# -ge 2 ] || usage
        name=$(echo "${1#--}" | tr - _)
        eval "$name=\$2"
        shift
        ;;
    --uefi) uefi=yes ;;
    --gdb) gdb=yes ;;
    --paused) paused=yes ;;
    --icount) icount=yes ;;
    --display) display=yes ;;
    --) shift; break ;;
    *) usage ;;
    esac
    shift
done
if [ -n "$iso" ]; then
    set -- -cdrom "$iso" -boot d "$@"
elif [ -n "$kernel" ]; then
    set -- -kernel "$kernel" "$@"
else
    usage
fi

# Each part appends to what follows the options given by hand.
set -- -machine q35 -cpu "$cpu" -m "$memory" -smp "$smp" -nodefaults -no-reboot \
    -device isa-debug-exit,iobase=0xf4,iosize=0x04 \
    -vga std -net none "$@"
if [ -t 0 ]; then
    set -- -serial mon:stdio "$@"
else
    set -- -serial stdio "$@"
fi
if [ "$display" = no ]; then set -- -display none "$@"; fi
if [ "$uefi" = yes ]; then set -- -bios /usr/share/ovmf/OVMF.fd "$@"; fi
if [ "$icount" = yes ]; then set -- -icount shift=0,sleep=off,align=off "$@"; fi
if [ "$gdb" = yes ]; then
    set -- -gdb tcp:localhost:1234 -S "$@"
    append="debug=gdb $append"
fi
if [ "$paused" = yes ]; then set -- -S "$@"; fi
if [ -n "$gdb_socket" ]; then set -- -gdb "unix:$gdb_socket,server=on,wait=off" "$@"; fi
if [ -n "$monitor" ]; then set -- -chardev "pipe,id=monitor,path=$monitor" -mon chardev=monitor,mode=readline "$@"; fi
if [ -n "$append" ]; then
    # QEMU ends an option's value at a comma, unless it is doubled.
    text=$(printf '%s' "$append" | sed 's/,/,,/g')
    set -- -fw_cfg "name=opt/onoma/cmdline,string=$text" "$@"
fi

exec qemu-system-x86_64 "$@"
