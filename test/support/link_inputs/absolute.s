# SPDX-License-Identifier: MIT
# absolute.s: absolute symbols for types.s.
        .globl  absolute, absolute_negative
        .set    absolute, 0x12345678
        .set    absolute_negative, -0x1000
        .section .note.GNU-stack, "", @progbits
