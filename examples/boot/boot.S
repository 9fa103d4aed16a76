/* SPDX-License-Identifier: MIT */
/*
 * boot.S: from a multiboot2 loader (32 bits, paging off) to kernel_main in 64 bits, the first GiB
 * mapped to itself.  Any kernel has something like this; nothing here is for the kit but the 0 in rbp
 * and the size of the function.
 */
#define MAGIC 0xe85250d6

        .section .multiboot2, "a"
        .balign 8
header: .long MAGIC, 0, header_end - header, -(MAGIC + 0 + (header_end - header))
        .short 0, 0
        .long 8
header_end:

        .section .bss, "aw", @nobits
        .balign 4096
tables: .skip 4096 * 3
        .global stack_low, stack_high
stack_low:
        .skip 16384
stack_high:

        .section .rodata, "a"
        .balign 8
gdt:    .quad 0, 0x00af9a000000ffff, 0x00cf92000000ffff         /* code, data */
gdt_end:
gdt_pointer:
        .short gdt_end - gdt - 1
        .long gdt

        .text
        .code32
        .global _start
        .type _start, @function
_start:
        mov     $stack_high, %esp
        mov     %eax, %edi                      /* what the loader says, for kernel_main */
        mov     %ebx, %esi
        movl    $tables + 4096 + 3, tables      /* one entry of 512 GiB, one of 1 GiB ... */
        movl    $tables + 8192 + 3, tables + 4096
        xor     %ecx, %ecx
1:      mov     %ecx, %eax                      /* ... and 512 pages of 2 MiB: present, writable */
        shl     $21, %eax
        or      $0x83, %eax
        mov     %eax, tables + 8192(, %ecx, 8)
        inc     %ecx
        cmp     $512, %ecx
        jne     1b
        mov     $tables, %eax
        mov     %eax, %cr3
        mov     %cr4, %eax
        or      $0x20, %eax                     /* PAE */
        mov     %eax, %cr4
        mov     $0xc0000080, %ecx               /* EFER: long mode, pages without execution */
        rdmsr
        or      $0x900, %eax
        wrmsr
        mov     %cr0, %eax
        or      $0x80010000, %eax               /* paging, write protection */
        mov     %eax, %cr0
        lgdt    gdt_pointer
        ljmp    $8, $start64
        .size _start, . - _start

        .code64
        .type start64, @function
start64:
        mov     $16, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        xor     %ebp, %ebp                      /* the outermost frame: a trace ends here */
        call    kernel_main
1:      hlt
        jmp     1b
        .size start64, . - start64

        .section .note.GNU-stack, "", @progbits
