# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# console.sh: talks to the kernel's prompt in QEMU.  To be read by `.` into a script:
#
#     . scripts/console.sh
#     console_start "$iso" --append panic=exit      # to the prompt, or the script fails
#     console_command 'lsmod'                       # until the next prompt
#     console_expect 'greet  *[0-9]'                # in what that command printed
#     console_interrupt                             # ^C, and the next prompt
#     console_end 33 'exit'                         # QEMU must end with this status
#
# $console_log holds all that the kernel printed.  Patterns are basic regular expressions for grep.

console_scripts=${console_scripts:-$(cd "$(dirname "$0")" && pwd)}
console_timeout=${console_timeout:-120}
console_prompt=$(printf 'onoma> \033[K')

console_fail() {
    echo "console: $*" >&2
    echo "console: the kernel's output:" >&2
    sed 's/^/    /' "$console_log" >&2
    exit 1
}

console_cleanup() {
    if [ -n "${console_qemu:-}" ]; then kill "$console_qemu" 2>/dev/null || :; fi
    rm -rf "$console_directory"
}

# Everything since the last console_mark, as text.
console_output() {
    tail -c "+$((console_position + 1))" "$console_log" | tr -d '\r' |
        sed 's/'"$(printf '\033')"'\[[0-9;]*[A-Za-z]//g'
}

console_mark() {
    console_position=$(wc -c <"$console_log")
}

# Try a test every tenth of a second until it succeeds, QEMU ends, or the time is up.
console_until() { # WHAT TEST...
    what=$1
    shift
    tries=$((console_timeout * 10))
    while ! "$@"; do
        tries=$((tries - 1))
        if [ $tries -le 0 ]; then console_fail "no $what within $console_timeout s"; fi
        if ! kill -0 "$console_qemu" 2>/dev/null; then
            if "$@"; then return; fi
            console_fail "QEMU ended before $what"
        fi
        sleep 0.1
    done
}

console_has() { # PATTERN
    console_output | grep -q -e "$1"
}

# Does what was printed since the mark end with an empty prompt?  A line that is longer than the
# screen is drawn anew with its prompt, but then text follows before the ESC [K that ends it.
console_has_prompt() {
    [ "$(tail -c "+$((console_position + 1))" "$console_log" | tail -c 10)" = "$console_prompt" ]
}

# ^C: what is typed goes, and a new prompt comes.
console_interrupt() {
    console_mark
    printf '\003' >&9
    console_until 'prompt' console_has_prompt
}

# Wait for a pattern in what comes after the mark.
console_wait() { # PATTERN
    console_until "\"$1\"" console_has "$1"
}

# A folder for what belongs to this script, $scratch for its own files; all of it goes when the script
# ends, however it ends.
console_prepare() {
    console_directory=$(mktemp -d)
    console_log=$console_directory/console
    console_resets=$console_directory/resets
    scratch=$console_directory/scratch
    mkdir "$scratch"
    : >"$console_log"
    trap console_cleanup EXIT
    trap 'exit 1' INT TERM HUP
}

# Start QEMU without waiting for anything.
console_boot() { # ISO QEMU.SH-OPTION...
    console_position=0
    rm -f "$console_log" "$console_resets" "$console_directory/input"
    : >"$console_log"
    mkfifo "$console_directory/input"
    iso=$1
    shift
    sh "$console_scripts/qemu.sh" --iso "$iso" "$@" -- -d cpu_reset -D "$console_resets" \
        <"$console_directory/input" >"$console_log" 2>&1 &
    console_qemu=$!
    exec 9>"$console_directory/input"
}

console_start() { # ISO QEMU.SH-OPTION...
    console_boot "$@"
    console_until 'prompt' console_has_prompt
}

console_send() { # TEXT
    console_mark
    printf '%s\r' "$1" >&9
}

console_command() { # TEXT
    console_send "$1"
    console_until 'prompt' console_has_prompt
}

console_expect() { # PATTERN...: each in the output since the last command
    for pattern in "$@"; do
        console_output | grep -q -e "$pattern" || console_fail "no line matches \"$pattern\""
    done
}

console_expect_none() { # PATTERN
    if console_output | grep -q -e "$1"; then console_fail "a line matches \"$1\""; fi
}

# QEMU must end by itself, with this status, and without a triple fault.
console_end() { # STATUS [TEXT]
    if [ $# -gt 1 ]; then console_send "$2"; fi
    exec 9>&-
    tries=$((console_timeout * 10))
    while kill -0 "$console_qemu" 2>/dev/null; do
        tries=$((tries - 1))
        if [ $tries -le 0 ]; then console_fail "QEMU still runs after $console_timeout s"; fi
        sleep 0.1
    done
    status=0
    wait "$console_qemu" || status=$?
    console_qemu=
    if grep -qi 'triple fault' "$console_resets" 2>/dev/null; then console_fail "a triple fault"; fi
    if [ $status != "$1" ]; then console_fail "QEMU ended with status $status, not $1"; fi
}

# As console_start, with QEMU's monitor: `echo nmi >&8`.
console_start_monitored() { # ISO QEMU.SH-OPTION...
    mkfifo "$console_directory/monitor.in" "$console_directory/monitor.out"
    cat "$console_directory/monitor.out" >"$console_directory/monitor.log" &
    exec 8<>"$console_directory/monitor.in"
    console_start "$@" --monitor "$console_directory/monitor"
}

console_prepare
