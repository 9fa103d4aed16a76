; SPDX-License-Identifier: MIT
;
; trap_entry.nasm: the way into trap_dispatch() from each of the 256 vectors.
;
; A stub leaves vector and error code (0 where the CPU pushes none) above the CPU's own frame;
; trap_common adds the registers, which completes struct trap_frame (arch.h):
;
;   rsp ──► r15 … rax │ vector │ error code │ rip │ cs │ rflags │ rsp │ ss
;
; The rows beside the instructions say where rip, rsp and rbp of the interrupted code lie.

%include "unwind.inc"

extern trap_dispatch

section .text progbits alloc exec nowrite align=16

; Vectors with an error code: Intel SDM volume 3, table 6-1.
%define HAS_ERROR_CODE(v) ((v) == 8 || ((v) >= 10 && (v) <= 14) || (v) == 17 || (v) == 21 || (v) == 29 || (v) == 30)

%define TRAP_STUB_SIZE 16

global trap_stubs:function (trap_stubs.end - trap_stubs)
align 16
trap_stubs:
%assign vector 0
%rep 256
        align TRAP_STUB_SIZE
%if !HAS_ERROR_CODE(vector)
        unwind_trap 0
        push 0
%endif
        unwind_trap 8
        push vector
        unwind_trap 16
        jmp near trap_common
%assign vector vector + 1
%endrep
        align TRAP_STUB_SIZE
.end:

; push and pop, and where the processor's frame and the interrupted rbp are then.
%macro save 1
        push %1
%assign saved saved + 8
%ifidn %1, rbp
%assign saved_at_rbp saved
%endif
        unwind_saved
%endmacro
%macro restore 1
        pop %1
%assign saved saved - 8
        unwind_saved
%endmacro
%macro unwind_saved 0
%if saved < saved_at_rbp               ; not pushed yet, or popped
        unwind_trap saved
%else
        unwind_trap saved, saved - saved_at_rbp
%endif
%endmacro
%assign saved_at_rbp 0x7fffffff

global trap_common:function (trap_common.end - trap_common)
trap_common:
%assign saved 16                       ; bytes below the processor's frame
        unwind_trap saved
        save rax
        save rcx
        save rdx
        save rbx
        save rbp
        save rsi
        save rdi
        save r8
        save r9
        save r10
        save r11
        save r12
        save r13
        save r14
        save r15
        cld
        mov rdi, rsp
        call trap_dispatch              ; the CPU aligned the stack to 16, the frame has 22 words
        restore r15
        restore r14
        restore r13
        restore r12
        restore r11
        restore r10
        restore r9
        restore r8
        restore rdi
        restore rsi
        restore rbp
        restore rbx
        restore rdx
        restore rcx
        restore rax
        add rsp, 16
        unwind_trap 0
        iretq
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
