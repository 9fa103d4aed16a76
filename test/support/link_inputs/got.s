# SPDX-License-Identifier: MIT
# got.s: every type that goes by way of the GOT, with addends, against every kind of symbol, and
# one slot for many mentions.
        .text
        mov     far_value@GOTPCREL(%rip), %eax          # R_X86_64_GOTPCRELX
        mov     far_value@GOTPCREL(%rip), %rax          # R_X86_64_REX_GOTPCRELX
        call    *far_open@GOTPCREL(%rip)
        jmp     *far_open@GOTPCREL(%rip)
        add     far_value@GOTPCREL(%rip), %rax
        cmpq    $0, far_value@GOTPCREL(%rip)            # a field that does not end its instruction
        push    own_label@GOTPCREL(%rip)                # R_X86_64_GOTPCREL
        mov     local_label@GOTPCREL(%rip), %rcx
        mov     absent_value@GOTPCREL(%rip), %rdx
        mov     got_absolute@GOTPCREL(%rip), %rbx
        movl    far_value@GOTPCREL+4(%rip), %eax
        .weak   absent_value
        .globl  own_label, got_absolute
        .set    got_absolute, 0x123456789abcdef0
own_label:
        nop
local_label:
        nop
        .section .data.pointers, "aw", @progbits
        .long   far_value@GOTPCREL
        .long   own_label@GOTPCREL+8
        .quad   far_value
        .section .init.text, "ax", @progbits
        mov     only_in_init@GOTPCREL(%rip), %rax
        .section .note.GNU-stack, "", @progbits
