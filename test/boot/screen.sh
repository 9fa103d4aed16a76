#!/bin/sh
# SPDX-License-Identifier: MIT
#
# screen.sh: what stands on the screen is what the serial line got, letter by letter, to the end of a
# panic.  Leaves the picture of it, $PICTURE, which the README shows.
set -eu
. "$console_scripts/console.sh"

console_start_monitored "$ISO" --append norandom
gzip -dc "$FONT" >"$scratch/font"

# Read the screen's text into $scratch/screen, and look for a pattern.
screen_shows() { # PATTERN
    rm -f "$scratch/picture.ppm"
    echo "screendump $scratch/picture.ppm" >&8
    sleep 0.2
    "$READ_SCREEN" "$scratch/font" "$scratch/picture.ppm" >"$scratch/screen" 2>"$scratch/errors" &&
        grep -q -e "$1" "$scratch/screen"
}

columns=$(sed -n 's/.*video: framebuffer 1024x768, .*, \([0-9]*\)x48 characters.*/\1/p' "$console_log")
[ "$columns" = 128 ] || console_fail 'no screen of 1024x768'

for command in 'modprobe greet_user' lsmod 'ksyms greet' 'modprobe crash'; do
    console_command "$command"
    console_output | sed '1s/^/onoma> /; $d' >>"$scratch/wanted"
done
console_send 'crash null'
console_wait 'end Kernel panic'
console_until 'the end of the panic on the screen' screen_shows 'end Kernel panic'
console_output | sed '1s/^/onoma> /' >>"$scratch/wanted"

# All but the cursor's row; the first commands may have left the screen at the top.
expand "$scratch/wanted" | fold -w "$columns" | sed 's/ *$//' | tail -n 47 >"$scratch/wanted.rows"
sed '$d' "$scratch/screen" | tail -n "$(wc -l <"$scratch/wanted.rows")" >"$scratch/rows"
diff "$scratch/wanted.rows" "$scratch/rows" >&2 || console_fail 'the screen shows something else'

echo "screendump $scratch/picture.png -f png" >&8
console_until 'the picture' test -s "$scratch/picture.png"
sleep 0.2
mv "$scratch/picture.png" "$PICTURE"
echo "$(wc -l <"$scratch/rows") rows of the screen are what the serial line got"
