#!/bin/sh
# SPDX-License-Identifier: MIT
#
# copy.sh PRESET [CMAKE-OPTION...]: builds a copy of the checkout, as it is, without its build
# folders.  The other tests of this folder look at it, and run only if it succeeds (CTest fixtures).
# copy.sh --remove: takes it away.
#
# Two copies differ in all that may differ between two machines and must not change a byte: length of
# the path, name of the build folder, build program, dates of the sources, umask, time zone.
#
# Environment: SOURCE_DIRECTORY the checkout; COPY where to; CMAKE the program.
. "$(dirname "$0")/../golden/check.sh"

unset MAKEFLAGS MAKELEVEL # of the Make that may run this test
: "${COPY:?where the copy goes}"
rm -rf "$COPY"
if [ "$1" = --remove ]; then
    rmdir "${COPY%/*}" 2>/dev/null
    exit 0
fi

preset=$1
shift
if [ "$preset" = make ]; then
    umask 077
    export TZ=NPT-5:45
fi

# All that a build reads: a new file elsewhere makes the build fail here.
mkdir -p "$COPY"
for part in CMakeLists.txt CMakePresets.json cmake modules scripts src test; do
    cp -R "$SOURCE_DIRECTORY/$part" "$COPY/$part" || give_up "$part is not in $SOURCE_DIRECTORY"
done
if [ "$preset" = make ]; then
    find "$COPY" -type f -exec touch -d '2001-02-03 04:05:06' {} +
fi

run() { # COMMAND...
    if ! "$@" >"$COPY/log" 2>&1; then
        tail -n 40 "$COPY/log"
        give_up "failed in $COPY: $*"
    fi
}

cd "$COPY" || exit 1
run "$CMAKE" --preset "$preset" "$@"
run "$CMAKE" --build --preset "$preset" --parallel 2 --target iso
if grep -i -e 'warning:' -e 'never used' "$COPY/log"; then
    give_up "the build in $COPY prints warnings"
fi
say "$preset: built in $COPY: $(grep -c 'Building C object' "$COPY/log") objects of C"
