// SPDX-License-Identifier: MIT
/*
 * elf.h: the part of ELF64 that a loader of x86-64 relocatable objects reads.
 *
 * Fields have the names of the specification, so that its text can be read beside the code.  The
 * constants have them too, behind KSYMS_: a host program may include <elf.h> of its libc as well.
 * All structures are little-endian and laid out as in the file.
 *
 * Sources: System V ABI (gABI) chapter 4: header, sections, symbols, relocations.  x86-64 psABI 4.2
 * (section types and flags) and 4.4 (relocation types, table 4.9).
 */
#ifndef KSYMS_ELF_H
#define KSYMS_ELF_H

#include <stdint.h>
#include "ksyms/language.h"

/* e_ident: the first 16 bytes. */
#define KSYMS_EI_CLASS      4
#define KSYMS_EI_DATA       5
#define KSYMS_EI_VERSION    6
#define KSYMS_EI_OSABI      7
#define KSYMS_EI_ABIVERSION 8
#define KSYMS_EI_PAD        9
#define KSYMS_EI_NIDENT     16

#define KSYMS_ELFCLASS64    2
#define KSYMS_ELFDATA2LSB   1
#define KSYMS_EV_CURRENT    1
#define KSYMS_ELFOSABI_NONE 0
#define KSYMS_ELFOSABI_GNU  3 /* marked so by SHF_GNU_RETAIN, STT_GNU_IFUNC, STB_GNU_UNIQUE */
#define KSYMS_ET_REL        1
#define KSYMS_EM_X86_64     62

struct ksyms_elf_header {
    uint8_t e_ident[KSYMS_EI_NIDENT];
    uint16_t e_type;
    uint16_t e_machine;
    uint32_t e_version;
    uint64_t e_entry;
    uint64_t e_phoff;
    uint64_t e_shoff;
    uint32_t e_flags;
    uint16_t e_ehsize;
    uint16_t e_phentsize;
    uint16_t e_phnum;
    uint16_t e_shentsize;
    uint16_t e_shnum;
    uint16_t e_shstrndx;
};
KSYMS_ASSERT(sizeof(struct ksyms_elf_header) == 64, "gABI figure 4-3");

/* sh_type */
#define KSYMS_SHT_NULL          0u
#define KSYMS_SHT_PROGBITS      1u
#define KSYMS_SHT_SYMTAB        2u
#define KSYMS_SHT_STRTAB        3u
#define KSYMS_SHT_RELA          4u
#define KSYMS_SHT_NOTE          7u
#define KSYMS_SHT_NOBITS        8u
#define KSYMS_SHT_REL           9u
#define KSYMS_SHT_INIT_ARRAY    14u
#define KSYMS_SHT_FINI_ARRAY    15u
#define KSYMS_SHT_PREINIT_ARRAY 16u
#define KSYMS_SHT_GROUP         17u
#define KSYMS_SHT_SYMTAB_SHNDX  18u
#define KSYMS_SHT_LOOS          0x60000000u
#define KSYMS_SHT_X86_64_UNWIND 0x70000001u /* .eh_frame, psABI 4.2.1 */

/* sh_flags */
#define KSYMS_SHF_WRITE        0x1ull
#define KSYMS_SHF_ALLOC        0x2ull
#define KSYMS_SHF_EXECINSTR    0x4ull
#define KSYMS_SHF_MERGE        0x10ull
#define KSYMS_SHF_STRINGS      0x20ull
#define KSYMS_SHF_INFO_LINK    0x40ull
#define KSYMS_SHF_LINK_ORDER   0x80ull
#define KSYMS_SHF_GROUP        0x200ull
#define KSYMS_SHF_TLS          0x400ull
#define KSYMS_SHF_COMPRESSED   0x800ull
#define KSYMS_SHF_GNU_RETAIN   0x200000ull
#define KSYMS_SHF_X86_64_LARGE 0x10000000ull /* -mcmodel=large, psABI 4.2.1 */

/* Section indices with a meaning of their own. */
#define KSYMS_SHN_UNDEF     0u
#define KSYMS_SHN_LORESERVE 0xff00u
#define KSYMS_SHN_ABS       0xfff1u
#define KSYMS_SHN_COMMON    0xfff2u

struct ksyms_elf_section {
    uint32_t sh_name;
    uint32_t sh_type;
    uint64_t sh_flags;
    uint64_t sh_addr;
    uint64_t sh_offset;
    uint64_t sh_size;
    uint32_t sh_link;
    uint32_t sh_info;
    uint64_t sh_addralign;
    uint64_t sh_entsize;
};
KSYMS_ASSERT(sizeof(struct ksyms_elf_section) == 64, "gABI figure 4-8");

#define KSYMS_STB_LOCAL  0u
#define KSYMS_STB_GLOBAL 1u
#define KSYMS_STB_WEAK   2u

#define KSYMS_STT_NOTYPE  0u
#define KSYMS_STT_OBJECT  1u
#define KSYMS_STT_FUNC    2u
#define KSYMS_STT_SECTION 3u
#define KSYMS_STT_FILE    4u
#define KSYMS_STT_COMMON  5u

struct ksyms_elf_symbol {
    uint32_t st_name;
    uint8_t st_info; /* binding in the high four bits, type in the low four */
    uint8_t st_other;
    uint16_t st_shndx;
    uint64_t st_value; /* offset in its section; alignment of a SHN_COMMON one */
    uint64_t st_size;
};
KSYMS_ASSERT(sizeof(struct ksyms_elf_symbol) == 24, "gABI figure 4-15");

static inline uint32_t ksyms_elf_symbol_binding(const struct ksyms_elf_symbol *symbol)
{
    return symbol->st_info >> 4;
}

static inline uint32_t ksyms_elf_symbol_type(const struct ksyms_elf_symbol *symbol)
{
    return symbol->st_info & 0xfu;
}

struct ksyms_elf_rela {
    uint64_t r_offset;
    uint32_t r_type;   /* r_info, which is one number of 64 bits in the specification: */
    uint32_t r_symbol; /* this is its high half */
    int64_t r_addend;
};
KSYMS_ASSERT(sizeof(struct ksyms_elf_rela) == 24, "gABI figure 4-21");

static inline uint32_t ksyms_elf_rela_symbol(const struct ksyms_elf_rela *rela)
{
    return rela->r_symbol;
}

static inline uint32_t ksyms_elf_rela_type(const struct ksyms_elf_rela *rela)
{
    return rela->r_type;
}

/* Relocation types, psABI table 4.9.  The linker does those marked "applied". */
#define KSYMS_R_X86_64_NONE            0u /* applied */
#define KSYMS_R_X86_64_64              1u /* applied */
#define KSYMS_R_X86_64_PC32            2u /* applied */
#define KSYMS_R_X86_64_GOT32           3u
#define KSYMS_R_X86_64_PLT32           4u /* applied */
#define KSYMS_R_X86_64_COPY            5u
#define KSYMS_R_X86_64_GLOB_DAT        6u
#define KSYMS_R_X86_64_JUMP_SLOT       7u
#define KSYMS_R_X86_64_RELATIVE        8u
#define KSYMS_R_X86_64_GOTPCREL        9u  /* applied */
#define KSYMS_R_X86_64_32              10u /* applied */
#define KSYMS_R_X86_64_32S             11u /* applied */
#define KSYMS_R_X86_64_16              12u
#define KSYMS_R_X86_64_PC16            13u
#define KSYMS_R_X86_64_8               14u
#define KSYMS_R_X86_64_PC8             15u
#define KSYMS_R_X86_64_DTPMOD64        16u
#define KSYMS_R_X86_64_DTPOFF64        17u
#define KSYMS_R_X86_64_TPOFF64         18u
#define KSYMS_R_X86_64_TLSGD           19u
#define KSYMS_R_X86_64_TLSLD           20u
#define KSYMS_R_X86_64_DTPOFF32        21u
#define KSYMS_R_X86_64_GOTTPOFF        22u
#define KSYMS_R_X86_64_TPOFF32         23u
#define KSYMS_R_X86_64_PC64            24u /* applied */
#define KSYMS_R_X86_64_GOTOFF64        25u
#define KSYMS_R_X86_64_GOTPC32         26u
#define KSYMS_R_X86_64_GOT64           27u
#define KSYMS_R_X86_64_GOTPCREL64      28u
#define KSYMS_R_X86_64_GOTPC64         29u
#define KSYMS_R_X86_64_GOTPLT64        30u
#define KSYMS_R_X86_64_PLTOFF64        31u
#define KSYMS_R_X86_64_SIZE32          32u
#define KSYMS_R_X86_64_SIZE64          33u
#define KSYMS_R_X86_64_GOTPC32_TLSDESC 34u
#define KSYMS_R_X86_64_TLSDESC_CALL    35u
#define KSYMS_R_X86_64_TLSDESC         36u
#define KSYMS_R_X86_64_IRELATIVE       37u
#define KSYMS_R_X86_64_RELATIVE64      38u
#define KSYMS_R_X86_64_GOTPCRELX       41u /* applied */
#define KSYMS_R_X86_64_REX_GOTPCRELX   42u /* applied */

#endif
