# shellcheck shell=sh
# SPDX-License-Identifier: MIT
#
# crc16.sh: a module of the size of Linux's crc16: a table, a function, its export; 11 relocations.
# To be read by `.`:
#
#     make_crc16 BUILD VERSION OUTPUT

crc16_assembly() { # VERSION
    cat <<'END'
.text
.globl crc16
.type crc16, @function
crc16:
    push %rbp
    mov %rsp, %rbp
    movzwl %di, %eax
    test %rdx, %rdx
    je 2f
    add %rsi, %rdx
1:  movzbl (%rsi), %ecx
    xor %eax, %ecx
    movzbl %cl, %ecx
    shr $8, %eax
    xor crc16_table(%rcx,%rcx), %ax
    inc %rsi
    cmp %rsi, %rdx
    jne 1b
2:  pop %rbp
    ret
.size crc16, .-crc16
.globl crc16_checked
.type crc16_checked, @function
crc16_checked:
    push %rbp
    mov %rsp, %rbp
    call strlen
    call crc16
    lea crc16_table(%rip), %rcx
    mov $crc16_table, %rdx
    mov crc16_runs(%rip), %ecx
    mov %ecx, crc16_runs(%rip)
    pop %rbp
    ret
.size crc16_checked, .-crc16_checked
.section .rodata
.globl crc16_table
.type crc16_table, @object
crc16_table: .fill 256, 2, 0xc0c1
.size crc16_table, .-crc16_table
.data
crc16_runs: .quad crc16_table
.section __ksymtab_strings, "a"
1: .asciz "crc16"
2: .asciz "crc16_table"
.section "___ksymtab+crc16", "a"
.balign 4
__ksymtab_crc16: .long crc16 - ., 1b - ., 2b - 1 - .
.section .note.GNU-stack, "", @progbits
.section .modinfo, "a"
.asciz "name=crc16"
.asciz "license=GPL"
.asciz "depends="
.asciz "description=CRC16 calculations"
END
    printf '.asciz "vermagic=%s onoma x86_64"\n' "$1"
}

make_crc16() { # BUILD VERSION OUTPUT
    crc16_folder=$(mktemp -d)
    crc16_project=$(sed -n 's/^CMAKE_HOME_DIRECTORY:[A-Z]*=//p' "$1/CMakeCache.txt")
    crc16_assembly "$2" | as -o "$crc16_folder/crc16.o" -
    LD=ld NM=nm OBJCOPY=objcopy READELF=readelf GEN_KSYMS=$1/scripts/gen_ksyms LC_ALL=C \
        sh "$crc16_project/cmake/two_links.sh" "$crc16_folder/crc16.ko" -r -m elf_x86_64 \
        -z noexecstack -T "$crc16_project/cmake/module.lds" "$crc16_folder/crc16.o"
    strip -g -o "$3" "$crc16_folder/crc16.ko"
    rm -rf "$crc16_folder"
}
