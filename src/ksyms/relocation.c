// SPDX-License-Identifier: MIT
/*
 * relocation.c: names and field widths of the relocation types (psABI table 4.9).
 *
 * A type that is handled has its width here, its formula and range in relocate.c, and nothing
 * elsewhere.  8- and 16-bit fields are refused: no address of a kernel fits them.
 */
#include "ksyms/link.h"
#include "relocation.h"

#define HANDLED(type, bytes) [KSYMS_##type] = {.name = #type, .width = (bytes)}
#define REFUSED(type)        [KSYMS_##type] = {.name = #type, .width = KSYMS_RELOCATION_REFUSED}

const struct ksyms_relocation_type ksyms_relocation_types[KSYMS_RELOCATION_TYPE_COUNT] = {
    HANDLED(R_X86_64_NONE, 0),
    HANDLED(R_X86_64_64, 8),
    HANDLED(R_X86_64_PC32, 4),
    REFUSED(R_X86_64_GOT32),
    HANDLED(R_X86_64_PLT32, 4),
    REFUSED(R_X86_64_COPY),
    REFUSED(R_X86_64_GLOB_DAT),
    REFUSED(R_X86_64_JUMP_SLOT),
    REFUSED(R_X86_64_RELATIVE),
    HANDLED(R_X86_64_GOTPCREL, 4),
    HANDLED(R_X86_64_32, 4),
    HANDLED(R_X86_64_32S, 4),
    REFUSED(R_X86_64_16),
    REFUSED(R_X86_64_PC16),
    REFUSED(R_X86_64_8),
    REFUSED(R_X86_64_PC8),
    REFUSED(R_X86_64_DTPMOD64),
    REFUSED(R_X86_64_DTPOFF64),
    REFUSED(R_X86_64_TPOFF64),
    REFUSED(R_X86_64_TLSGD),
    REFUSED(R_X86_64_TLSLD),
    REFUSED(R_X86_64_DTPOFF32),
    REFUSED(R_X86_64_GOTTPOFF),
    REFUSED(R_X86_64_TPOFF32),
    HANDLED(R_X86_64_PC64, 8),
    REFUSED(R_X86_64_GOTOFF64),
    REFUSED(R_X86_64_GOTPC32),
    REFUSED(R_X86_64_GOT64),
    REFUSED(R_X86_64_GOTPCREL64),
    REFUSED(R_X86_64_GOTPC64),
    REFUSED(R_X86_64_GOTPLT64),
    REFUSED(R_X86_64_PLTOFF64),
    REFUSED(R_X86_64_SIZE32),
    REFUSED(R_X86_64_SIZE64),
    REFUSED(R_X86_64_GOTPC32_TLSDESC),
    REFUSED(R_X86_64_TLSDESC_CALL),
    REFUSED(R_X86_64_TLSDESC),
    REFUSED(R_X86_64_IRELATIVE),
    REFUSED(R_X86_64_RELATIVE64),
    [39] = {.name = "", .width = KSYMS_RELOCATION_REFUSED}, /* 39 and 40 are no longer in use */
    [40] = {.name = "", .width = KSYMS_RELOCATION_REFUSED},
    HANDLED(R_X86_64_GOTPCRELX, 4),
    HANDLED(R_X86_64_REX_GOTPCRELX, 4),
};

const char *ksyms_relocation_name(uint32_t type)
{
    if (type >= KSYMS_RELOCATION_TYPE_COUNT || ksyms_relocation_types[type].name[0] == '\0') {
        return "unknown";
    }
    return ksyms_relocation_types[type].name;
}
