; SPDX-License-Identifier: MIT
;
; entry.nasm: from GRUB to the first C function.
;
; GRUB (BIOS or UEFI) enters boot_entry in 32-bit protected mode without paging, eax = the
; multiboot2 magic, ebx = physical address of the information block.  This file builds the first
; page tables with the image's final protections, so that W^X holds from the first C line on:
;
;   0 ... 2 MiB               identity, executable: only while this file jumps upwards, then gone
;   0xffff888000000000        the first 4 GiB of memory, read-write, never executable
;   0xffffffff80000000        the image in 4 KiB pages: text R-X, rodata and blob R--, data RW-,
;                             guard pages below the stacks unmapped
;
; Sources: Multiboot2 specification 3.1 and 3.3; Intel SDM volume 3, 4.5 (4-level paging) and 10.8.5
; (IA-32e mode initialisation).

%define KERNEL_BASE 0xffffffff80000000
%define IMAGE_TABLES 16                  ; page tables for the image, 2 MiB each
%define DIRECT_GIB 4                   ; of direct map; C code extends it to all RAM

%define PAGE_PRESENT 1
%define PAGE_WRITE 2
%define PAGE_LARGE 0x80
%define PAGE_NX_HIGH 0x80000000          ; bit 63, in the entry's upper half

%define MULTIBOOT2_MAGIC 0xe85250d6
%define MULTIBOOT2_BOOTLOADER 0x36d76289

%define STACK_SIZE 32768
%define IST_STACK_SIZE 16384

%define PHYSICAL(symbol) (symbol - KERNEL_BASE)

%include "unwind.inc"

extern kernel_main
extern __text_start, __text_end, __rodata_start, __rodata_end, __data_start, __data_end
extern __ksyms_start, __ksyms_end

; -------------------------------------------------------------------------------------------------
section .multiboot2 progbits alloc noexec nowrite align=8

multiboot2_header:
        dd MULTIBOOT2_MAGIC, 0, multiboot2_header.end - multiboot2_header
        dd -(MULTIBOOT2_MAGIC + 0 + (multiboot2_header.end - multiboot2_header))
        ; framebuffer, optional: of this size if there is one; where there is none at all, EGA text
        dw 5, 1
        dd 20, 1024, 768, 32
        align 8
        ; load modules on page boundaries
        dw 6, 0
        dd 8
        dw 0, 0
        dd 8
.end:

; -------------------------------------------------------------------------------------------------
section .boot progbits alloc exec nowrite align=16
bits 32

global boot_entry:function (boot_entry.end - boot_entry)
boot_entry:
        unwind_end
        cld
        mov esp, PHYSICAL(boot_stack_top)
        mov edi, eax                    ; kernel_main's first argument
        mov esi, ebx                    ; and second
        mov ebp, boot_message_loader
        cmp eax, MULTIBOOT2_BOOTLOADER
        jne boot_refuse
        call check_processor
        call map_identity
        call map_direct
        call map_image
        call enable_paging
        lgdt [boot_gdt_pointer]
        jmp 0x10:boot_long_mode
.end:

; Long mode and no-execute are all that is asked of the processor.
static check_processor:function (check_processor.end - check_processor)
check_processor:
        unwind_end
        push edi
        push esi
        mov eax, 0x80000000
        cpuid
        mov ebp, boot_message_long_mode
        cmp eax, 0x80000001
        jb boot_refuse
        mov eax, 0x80000001
        cpuid
        test edx, 1 << 29               ; LM
        jz boot_refuse
        mov ebp, boot_message_nx
        test edx, 1 << 20               ; NX
        jz boot_refuse
        pop esi
        pop edi
        ret
.end:

static map_identity:function (map_identity.end - map_identity)
map_identity:
        unwind_end
        mov eax, PHYSICAL(page_directory_identity)
        or eax, PAGE_PRESENT | PAGE_WRITE
        mov [PHYSICAL(page_pointers_identity)], eax
        mov eax, PHYSICAL(page_pointers_identity)
        or eax, PAGE_PRESENT | PAGE_WRITE
        mov [PHYSICAL(page_root)], eax
        mov dword [PHYSICAL(page_directory_identity)], PAGE_PRESENT | PAGE_LARGE
        ret
.end:

; 4 GiB in pages of 2 MiB at 0xffff888000000000, which is entry 273 of the root.
static map_direct:function (map_direct.end - map_direct)
map_direct:
        unwind_end
        mov eax, PHYSICAL(page_pointers_direct)
        or eax, PAGE_PRESENT | PAGE_WRITE
        mov [PHYSICAL(page_root) + 273 * 8], eax
        mov eax, PHYSICAL(page_directories_direct)
        or eax, PAGE_PRESENT | PAGE_WRITE
        xor ecx, ecx
.pointer:
        mov [PHYSICAL(page_pointers_direct) + ecx * 8], eax
        add eax, 4096
        inc ecx
        cmp ecx, DIRECT_GIB
        jne .pointer
        mov eax, PAGE_PRESENT | PAGE_WRITE | PAGE_LARGE
        xor ecx, ecx
.page:
        mov [PHYSICAL(page_directories_direct) + ecx * 8], eax
        mov dword [PHYSICAL(page_directories_direct) + ecx * 8 + 4], PAGE_NX_HIGH
        add eax, 2 << 20
        inc ecx
        cmp ecx, DIRECT_GIB * 512
        jne .page
        ret
.end:

; The image: 0xffffffff80000000 is entry 511 of the root and 510 below it.
static map_image:function (map_image.end - map_image)
map_image:
        unwind_end
        mov eax, PHYSICAL(page_pointers_high)
        or eax, PAGE_PRESENT | PAGE_WRITE
        mov [PHYSICAL(page_root) + 511 * 8], eax
        mov eax, PHYSICAL(page_directory_image)
        or eax, PAGE_PRESENT | PAGE_WRITE
        mov [PHYSICAL(page_pointers_high) + 510 * 8], eax
        mov eax, PHYSICAL(page_tables_image)
        or eax, PAGE_PRESENT | PAGE_WRITE
        xor ecx, ecx
.table:
        mov [PHYSICAL(page_directory_image) + ecx * 8], eax
        add eax, 4096
        inc ecx
        cmp ecx, IMAGE_TABLES
        jne .table

        mov eax, PHYSICAL(__text_start)
        mov edx, PHYSICAL(__text_end)
        mov ebx, PAGE_PRESENT
        xor ebp, ebp
        call map_range
        mov eax, PHYSICAL(__rodata_start)
        mov edx, PHYSICAL(__rodata_end)
        mov ebp, PAGE_NX_HIGH
        call map_range
        mov eax, PHYSICAL(__ksyms_start)
        mov edx, PHYSICAL(__ksyms_end)
        call map_range
        mov eax, PHYSICAL(__data_start)
        mov edx, PHYSICAL(__data_end)
        mov ebx, PAGE_PRESENT | PAGE_WRITE
        call map_range

        xor eax, eax                    ; unmap the guards
        mov ecx, PHYSICAL(stack_guards)
.guard:
        mov edx, [ecx]                  ; lower half of the address: KERNEL_BASE + physical
        sub edx, KERNEL_BASE & 0xffffffff
        shr edx, 9                      ; page number * 8
        mov [PHYSICAL(page_tables_image) + edx], eax
        mov [PHYSICAL(page_tables_image) + edx + 4], eax
        add ecx, 8
        cmp ecx, PHYSICAL(stack_guards.end)
        jne .guard
        ret
.end:

; Map the image's frames eax ... edx with the flags ebx and, in the upper half, ebp.
static map_range:function (map_range.end - map_range)
map_range:
        unwind_end
        cmp eax, edx
        jae .done
        mov ecx, eax
        shr ecx, 9                      ; page number * 8
        or eax, ebx
        mov [PHYSICAL(page_tables_image) + ecx], eax
        mov [PHYSICAL(page_tables_image) + ecx + 4], ebp
        and eax, ~4095
        add eax, 4096
        jmp map_range
.done:
        ret
.end:

static enable_paging:function (enable_paging.end - enable_paging)
enable_paging:
        unwind_end
        mov eax, cr4
        or eax, 1 << 5                  ; PAE
        mov cr4, eax
        mov eax, PHYSICAL(page_root)
        mov cr3, eax
        mov ecx, 0xc0000080             ; EFER
        rdmsr
        or eax, (1 << 8) | (1 << 11)    ; LME, NXE
        wrmsr
        mov eax, cr0
        or eax, (1 << 31) | (1 << 16)   ; PG, WP: read-only binds the kernel too
        mov cr0, eax
        ret
.end:

; Say on the serial line why the kernel does not start (text at ebp), and stop.
static boot_refuse:function (boot_refuse.end - boot_refuse)
boot_refuse:
        unwind_end
        mov al, [ebp]
        test al, al
        jz .stop
        mov bl, al
.wait:
        mov dx, 0x3f8 + 5
        in al, dx
        cmp al, 0xff                    ; no serial port there
        je .stop
        test al, 0x20
        jz .wait
        mov dx, 0x3f8
        mov al, bl
        out dx, al
        inc ebp
        jmp boot_refuse
.stop:
        cli
        hlt
        jmp .stop
.end:

boot_message_loader:    db "onoma: not started by a multiboot2 loader: use GRUB's multiboot2 command", 13, 10, 0
boot_message_long_mode: db "onoma: this processor has no 64-bit mode", 13, 10, 0
boot_message_nx:        db "onoma: this processor has no no-execute bit", 13, 10, 0

align 8
boot_gdt:
        dq 0
        dq 0
        dq 0x00209b0000000000           ; 0x10: 64-bit code; "accessed" is set already, since the
        dq 0x0000930000000000           ; 0x18: data             CPU could not write it here
.end:
boot_gdt_pointer:
        dw boot_gdt.end - boot_gdt - 1
        dd boot_gdt

bits 64
static boot_long_mode:function (boot_long_mode.end - boot_long_mode)
boot_long_mode:
        unwind_end
        mov rax, kernel_entry
        jmp rax
.end:

; -------------------------------------------------------------------------------------------------
section .text progbits alloc exec nowrite align=16

; In the higher half from here on.  rbp = 0 marks the outermost frame for every stack walk.
global kernel_entry:function (kernel_entry.end - kernel_entry)
kernel_entry:
        unwind_end
        mov ax, 0x18
        mov ss, ax
        xor eax, eax
        mov ds, ax
        mov es, ax
        mov fs, ax
        mov gs, ax
        mov rsp, boot_stack_top
        mov [abs qword page_root], rax  ; the identity mapping goes
        mov rax, cr3
        mov cr3, rax
        mov edi, edi                    ; upper halves are undefined after the switch
        mov esi, esi
        xor ebp, ebp
        call kernel_main
        ud2
.end:

; -------------------------------------------------------------------------------------------------
section .rodata progbits alloc noexec nowrite align=8

; In the order of enum stack_index (stacks.c).
global stack_guards:object (stack_guards.end - stack_guards)
stack_guards:
        dq boot_stack_guard, double_fault_stack_guard, nmi_stack_guard, machine_check_stack_guard
.end:
global stack_tops:object (stack_tops.end - stack_tops)
stack_tops:
        dq boot_stack_top, double_fault_stack_top, nmi_stack_top, machine_check_stack_top
.end:

; -------------------------------------------------------------------------------------------------
; A guard page lies below each stack: running over its end faults instead of writing elsewhere.
section .stacks nobits alloc noexec write align=4096

boot_stack_guard:               resb 4096
boot_stack:                     resb STACK_SIZE
boot_stack_top:
double_fault_stack_guard:       resb 4096
double_fault_stack:             resb IST_STACK_SIZE
double_fault_stack_top:
nmi_stack_guard:                resb 4096
nmi_stack:                      resb IST_STACK_SIZE
nmi_stack_top:
machine_check_stack_guard:      resb 4096
machine_check_stack:            resb IST_STACK_SIZE
machine_check_stack_top:

section .bss nobits alloc noexec write align=4096

global page_root:object (4096)
page_root:                      resb 4096
page_pointers_identity:         resb 4096
page_directory_identity:        resb 4096
page_pointers_direct:           resb 4096
page_directories_direct:        resb 4096 * DIRECT_GIB
page_pointers_high:             resb 4096
page_directory_image:           resb 4096
page_tables_image:              resb 4096 * IMAGE_TABLES

section .note.GNU-stack noalloc noexec nowrite progbits
