# SPDX-License-Identifier: MIT
#
# state.sh: is the kernel as it was?  To be read by `.` behind console.sh.
#
#     state_keep                 remember what is allocated and which modules there are
#     state_same 'what was done' all of it must be the same now
#
# Page tables stay when what they mapped goes, so their pages do not count.

state_read() {
    console_command 'mem; lsmod'
    console_expect '^W^X: .* 0 writable and executable, 0 with a writable alias'
    console_expect '^modules: .* 0 with other rights'
    used=$(console_output | sed -n 's/^Mem: *[0-9]* KiB *\([0-9]*\) KiB.*/\1/p')
    tables=$(console_output | sed -n 's/^tables: *\([0-9]*\) pages/\1/p')
    echo "used $((used - tables * 4)) KiB besides page tables"
    console_output | grep -E '^heap:|^modules:'
    console_output | sed -n '/^Module/,$p' | grep -v onoma
}

state_keep() {
    state_read >"$console_directory/state"
}

state_same() { # WHAT
    state_read >"$console_directory/state.now"
    if ! diff "$console_directory/state" "$console_directory/state.now"; then
        console_fail "the kernel is not as it was before: $1"
    fi
}
