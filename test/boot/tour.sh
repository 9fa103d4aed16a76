#!/bin/sh
# SPDX-License-Identifier: MIT
# tour.sh [QEMU.SH-OPTION...]: the tour that `run.sh` shows, by BIOS or by UEFI.
exec sh "$console_scripts/tour.sh" "$ISO" "$@"
