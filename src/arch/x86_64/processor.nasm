; SPDX-License-Identifier: MIT
;
; processor.nasm: small functions that push and pop.  In C they would be inline assembly, and what the
; compiler says of a frame is then wrong from the push to the pop: a trap between them could not be
; unwound.  (GCC 12 makes the same mistake with __builtin_ia32_readeflags_u64.)

%include "unwind.inc"

section .text progbits alloc exec nowrite align=16

; bool arch_interrupts_save(void)
global arch_interrupts_save:function (arch_interrupts_save.end - arch_interrupts_save)
arch_interrupts_save:
        unwind_call 8
        pushfq
        unwind_call 16
        pop rax
        unwind_call 8
        cli
        shr eax, 9                      ; RFLAGS.IF
        and eax, 1
        ret
.end:

; void load_segments(const struct descriptor_pointer *gdt, uint64_t code, uint64_t data, uint64_t tss)
global load_segments:function (load_segments.end - load_segments)
load_segments:
        unwind_call 8
        lgdt [rdi]
        push rsi
        unwind_call 16
        lea rax, [rel .reloaded]
        push rax
        unwind_call 24
        retfq
.reloaded:
        unwind_call 8
        mov ss, dx
        ltr cx
        ret
.end:

; void processor_step(void)
global processor_step:function (processor_step.end - processor_step)
processor_step:
        unwind_call 8
        pushfq
        unwind_call 16
        or qword [rsp], 1 << 8          ; RFLAGS.TF
        popfq
        unwind_call 8
        ret
.end:

; void arch_capture_frame(struct trap_frame *frame): the caller's rip, rsp, rbp and flags.
global arch_capture_frame:function (arch_capture_frame.end - arch_capture_frame)
arch_capture_frame:
        unwind_call 8
        mov [rdi + 0 * 8], r15
        mov [rdi + 1 * 8], r14
        mov [rdi + 2 * 8], r13
        mov [rdi + 3 * 8], r12
        mov [rdi + 4 * 8], r11
        mov [rdi + 5 * 8], r10
        mov [rdi + 6 * 8], r9
        mov [rdi + 7 * 8], r8
        mov [rdi + 8 * 8], rdi
        mov [rdi + 9 * 8], rsi
        mov [rdi + 10 * 8], rbp
        mov [rdi + 11 * 8], rbx
        mov [rdi + 12 * 8], rdx
        mov [rdi + 13 * 8], rcx
        mov [rdi + 14 * 8], rax
        mov qword [rdi + 15 * 8], 0
        mov qword [rdi + 16 * 8], 0
        mov rax, [rsp]
        mov [rdi + 17 * 8], rax         ; rip: our return address
        mov ax, cs
        movzx eax, ax
        mov [rdi + 18 * 8], rax
        pushfq
        unwind_call 16
        pop rax
        unwind_call 8
        mov [rdi + 19 * 8], rax
        lea rax, [rsp + 8]
        mov [rdi + 20 * 8], rax
        mov ax, ss
        movzx eax, ax
        mov [rdi + 21 * 8], rax
        ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
