# SPDX-License-Identifier: MIT
# types.s: one of every relocation type that the linker applies, on unaligned fields, with addends
# at both ends, against local, absolute, undefined, weak and section symbols.  The absolute ones
# come from absolute.s by ld -r: in one file the assembler would fold them.
        .globl  type_start
        .weak   absent_value
        .section .text.types, "ax", @progbits
type_start:
        call    far_open
        call    far_open@PLT
        jmp     local_label
        movabs  $far_value, %rax
        movabs  $far_value + 0x7fffffffffffffff, %rax
        movabs  $absolute, %rcx
        mov     $absolute, %ecx                 # R_X86_64_32
        mov     $absolute + 0x10000, %ecx
        mov     $absolute_negative, %rcx        # R_X86_64_32S
        mov     absolute(,%rcx,8), %eax         # R_X86_64_32S
        lea     far_value(%rip), %rax
        lea     far_value - 0x1000(%rip), %rax
        lea     local_data + 5(%rip), %rax
        cmpl    $5, far_value(%rip)             # a field that is not at the end of its instruction
local_label:
        ret
        .section .data.types, "aw", @progbits
        .byte   0
local_data:
        .quad   far_value
        .byte   0
        .quad   far_value - 0x8000000000000000
        .quad   far_value - .                   # R_X86_64_PC64
        .byte   0
        .quad   local_label - . + 77
        .long   far_value - .                   # R_X86_64_PC32
        .long   local_label - .
        .quad   local_data
        .quad   absolute
        .quad   absolute - .
        .quad   absolute_negative
        .quad   absent_value
        .quad   absent_value + 3
        .long   absolute                        # R_X86_64_32
        .long   absent_value
        .byte   0, 0, 0
        .reloc  ., R_X86_64_NONE, far_value
        .reloc  ., R_X86_64_32S, absolute_negative - 9
        .long   0
        .section .rodata.types, "a", @progbits
        .quad   type_start, local_data + 1
        .section .note.types, "a", @note
        .long   4, 4, 1
        .asciz  "abc"
        .long   far_value - .
        .section .note.GNU-stack, "", @progbits
