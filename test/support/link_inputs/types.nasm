; SPDX-License-Identifier: MIT
; types.nasm: NASM's objects differ: tables padded to 16 bytes at the end, other section orders.
bits 64
default rel
extern far_open, far_value
global nasm_start:function (nasm_start.end - nasm_start)
section .text
nasm_start:
        call    far_open
        call    far_open wrt ..plt
        lea     rax, [far_value]
        mov     rax, far_value
        mov     rax, [rel local_data]
        ret
.end:
section .data
local_data: dq nasm_start, far_value, far_value - $
        dd far_value - $
section .rodata
        dq local_data + 3
section .bss
        resb 100
section .note.GNU-stack noalloc noexec nowrite progbits
