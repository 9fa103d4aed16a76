; SPDX-License-Identifier: MIT
;
; trap_entry.nasm: the way into trap_dispatch() from each of the 256 vectors.
;
; A stub leaves vector and error code (0 where the CPU pushes none) above the CPU's own frame;
; trap_common adds the registers, which completes struct trap_frame (arch.h):
;
;   rsp ──► r15 … rax │ vector │ error code │ rip │ cs │ rflags │ rsp │ ss
;
; rbp is then set to the frame's address + 1: the odd value tells a stack walk that no saved rbp
; and return address lie there but the registers of the interrupted code.

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
        push 0
%endif
        push vector
        jmp near trap_common
%assign vector vector + 1
%endrep
        align TRAP_STUB_SIZE
.end:

global trap_common:function (trap_common.end - trap_common)
trap_common:
        push rax
        push rcx
        push rdx
        push rbx
        push rbp
        push rsi
        push rdi
        push r8
        push r9
        push r10
        push r11
        push r12
        push r13
        push r14
        push r15
        cld
        mov rdi, rsp
        lea rbp, [rsp + 1]
        call trap_dispatch              ; the CPU aligned the stack to 16, the frame has 22 words
        pop r15
        pop r14
        pop r13
        pop r12
        pop r11
        pop r10
        pop r9
        pop r8
        pop rdi
        pop rsi
        pop rbp
        pop rbx
        pop rdx
        pop rcx
        pop rax
        add rsp, 16
        iretq
.end:

; void arch_capture_frame(struct trap_frame *frame): the caller's rip, rsp, rbp and flags.
global arch_capture_frame:function (arch_capture_frame.end - arch_capture_frame)
arch_capture_frame:
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
        pop rax
        mov [rdi + 19 * 8], rax
        lea rax, [rsp + 8]
        mov [rdi + 20 * 8], rax
        mov ax, ss
        movzx eax, ax
        mov [rdi + 21 * 8], rax
        ret
.end:

section .note.GNU-stack noalloc noexec nowrite progbits
