; SPDX-License-Identifier: MIT
;
; switch.nasm: from the stack of one thread to that of another.
;
; A thread that does not run has on its stack what arch_thread_switch() pushed (struct switched in
; threads.c), below the address to which that returns:
;
;   rsp ──► r15 │ r14 │ r13 │ r12 │ rbx │ rbp │ return address
;
; On both stacks the return address and rbp lie at the same distance from rsp when rsp changes, so one
; row holds before and after it: there is no instruction from which a walk goes wrong.

%include "unwind.inc"

section .text progbits alloc exec nowrite align=16

; void arch_thread_switch(uint64_t *stack_pointer, uint64_t next_stack_pointer)
global arch_thread_switch:function (arch_thread_switch.end - arch_thread_switch)
arch_thread_switch:
        unwind_call 8
        push rbp
        unwind_call 16, 0
        push rbx
        unwind_call 24, 8
        push r12
        unwind_call 32, 16
        push r13
        unwind_call 40, 24
        push r14
        unwind_call 48, 32
        push r15
        unwind_call 56, 40
        mov [rdi], rsp
        mov rsp, rsi
        pop r15
        unwind_call 48, 32
        pop r14
        unwind_call 40, 24
        pop r13
        unwind_call 32, 16
        pop r12
        unwind_call 24, 8
        pop rbx
        unwind_call 16, 0
        pop rbp
        unwind_call 8
        ret
.end:

; Where a thread begins: the outermost frame of its stack.  arch_thread_prepare() makes the stack look
; as if this call had switched away from it, which never runs: so the first switch to it returns
; behind the call, and a walk finds there what it finds on every stack.
static thread_entry:function (thread_entry.end - thread_entry)
thread_entry:
        unwind_end
        call arch_thread_switch
.begin:
        call rbx                        ; does not return
        ud2
.end:

section .rodata progbits alloc noexec nowrite align=8

global thread_begin:object (thread_begin.end - thread_begin)
thread_begin:
        dq thread_entry.begin
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
