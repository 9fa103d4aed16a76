#!/bin/sh
# SPDX-License-Identifier: MIT
#
# test.sh: installs what the tests need, builds, and runs every test.  A test that is skipped counts
# as failed.  Arguments go to ctest: `test.sh -L unit`, `test.sh -R tour -V`.
set -eu

scripts=$(cd "$(dirname "$0")" && pwd)
cd "$(dirname "$scripts")"

sh "$scripts/packages.sh" test
cmake --preset default
cmake --build --preset default

log=build/ctest.log
status=0
ctest --preset default --no-tests=error --output-log "$log" -j "$(nproc)" "$@" || status=$?
if grep -E '\*\*\*(Skipped|Not Run)' "$log" >&2; then
    echo "test.sh: the tests above did not run" >&2
    status=1
fi
exit $status
