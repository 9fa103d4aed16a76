# SPDX-License-Identifier: MIT
# format_trace.s: what src/ksyms/FORMAT.md decodes by hand: outer(), begun on line 10 of src/a.c, with a call
# of twice(), line 3, inlined on line 12; and the debug information that a compiler would write.
        .cfi_sections .debug_frame
        .file 1 "src/a.c"
        .text
        .globl outer
        .type outer, @function
outer:
        .cfi_startproc
        .loc 1 10
        push %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset rbp, -16
.Linlined:
        .loc 1 4
        lea (%rdi,%rdi), %ebp
.Linlined_end:
        .loc 1 13
        mov %ebp, %eax
        pop %rbp
        .cfi_restore rbp
        .cfi_def_cfa_offset 8
        ret
        .cfi_endproc
.Louter_end:
        .size outer, . - outer

        .macro text string
        .asciz "\string"
        .endm

        .section .debug_abbrev, "", @progbits
        # number, tag, has children; attribute and form ...; 0, 0
        .uleb128 1, 0x11                # a unit:
        .byte 1
        .uleb128 0x03, 0x08             #   name, string
        .uleb128 0x1b, 0x08             #   compiler's folder, string
        .uleb128 0x10, 0x17             #   lines, offset
        .uleb128 0x11, 0x01             #   begin, address
        .uleb128 0x12, 0x07             #   size, 8 bytes
        .uleb128 0, 0
        .uleb128 2, 0x2e                # a function that is inlined:
        .byte 0
        .uleb128 0x03, 0x08             #   name
        .uleb128 0x3a, 0x0b             #   file, a byte
        .uleb128 0x3b, 0x0b             #   line
        .uleb128 0x20, 0x0b             #   it is inlined
        .uleb128 0, 0
        .uleb128 3, 0x2e                # a function:
        .byte 1
        .uleb128 0x03, 0x08
        .uleb128 0x3a, 0x0b
        .uleb128 0x3b, 0x0b
        .uleb128 0x11, 0x01
        .uleb128 0x12, 0x07
        .uleb128 0, 0
        .uleb128 4, 0x1d                # a call that was inlined:
        .byte 0
        .uleb128 0x31, 0x13             #   of what, offset in the unit
        .uleb128 0x11, 0x01
        .uleb128 0x12, 0x07
        .uleb128 0x58, 0x0b             #   called in this file
        .uleb128 0x59, 0x0b             #   on this line
        .uleb128 0, 0
        .byte 0

        .section .debug_info, "", @progbits
.Lunit:
        .long .Lunit_end - .Lunit_start
.Lunit_start:
        .value 4                        # version of DWARF
        .long .debug_abbrev
        .byte 8                         # bytes of an address
        .uleb128 1
        text "src/a.c"
        text "/build"
        .long .debug_line
        .quad outer
        .quad .Louter_end - outer
.Ltwice:
        .uleb128 2
        text "twice"
        .byte 1, 3, 3
        .uleb128 3
        text "outer"
        .byte 1, 10
        .quad outer
        .quad .Louter_end - outer
        .uleb128 4
        .long .Ltwice - .Lunit
        .quad .Linlined
        .quad .Linlined_end - .Linlined
        .byte 1, 12
        .byte 0                         # end of the function's children
        .byte 0                         # ... and of the unit's
.Lunit_end:
        .section .debug_line, "", @progbits
        .section .note.GNU-stack, "", @progbits
