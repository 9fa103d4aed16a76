# SPDX-License-Identifier: MIT
# out_of_order.s: a relocation table that does not go upwards, as objtool and hand-written code
# make them.  Legal: the fields do not overlap.
        .data
first:  .long   0
second: .quad   0
third:  .long   0
        .reloc  third, R_X86_64_PC32, far_value
        .reloc  first, R_X86_64_PC32, far_value + 4
        .reloc  second, R_X86_64_64, far_value + 8
        .section .note.GNU-stack, "", @progbits
