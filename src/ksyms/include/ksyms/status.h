// SPDX-License-Identifier: MIT
/*
 * status.h: the outcomes of the kit's functions, and the facts of a failure.
 *
 * A function of the kit that reads bytes from outside returns a status; 0 is success.  A failed
 * call leaves its outputs as they were.  What went wrong *where* is told by struct ksyms_fault:
 * facts, not sentences, so that a kernel words its own message and a test compares fields.
 */
#ifndef KSYMS_STATUS_H
#define KSYMS_STATUS_H

#include <stdint.h>
#include "ksyms/language.h"

KSYMS_BEGIN_C

enum ksyms_status {
    KSYMS_OK = 0,

    /* A blob (table.h). */
    KSYMS_BLOB_SHORT,    /* fewer bytes than the header, or than the header says */
    KSYMS_BLOB_MAGIC,    /* not a ksyms blob */
    KSYMS_BLOB_VERSION,  /* of another format version */
    KSYMS_BLOB_PART,     /* a part lies outside the blob, overlaps, or is missing */
    KSYMS_BLOB_COUNT,    /* a count contradicts the size of its part */
    KSYMS_BLOB_CHECKSUM, /* the bytes are not those that the generator wrote */

    /* A stack walk (unwind.h). */
    KSYMS_STACK_END,       /* the outermost frame was reached */
    KSYMS_STACK_ALIGNMENT, /* a word of the frame is not aligned */
    KSYMS_STACK_BOUNDS,    /* a word of the frame is outside the stack */
    KSYMS_STACK_ORDER,     /* the caller's frame does not lie above */
    KSYMS_STACK_NO_ROW,    /* nothing is known of the frame's pc */
    KSYMS_STACK_REGISTER,  /* its row needs a register whose value is not known */

    /*
     * An ELF object (object.h).  `offset` is the place of the refused field in the file header, the
     * section header, the symbol, or of the relocated field in its section.
     */
    KSYMS_OBJECT_ALIGNMENT,          /* the caller's buffer is not 8-byte aligned */
    KSYMS_OBJECT_SHORT,              /* shorter than an ELF header */
    KSYMS_OBJECT_LARGE,              /* longer than KSYMS_OBJECT_FILE_MAX */
    KSYMS_OBJECT_MAGIC,              /* not ELF */
    KSYMS_OBJECT_CLASS,              /* not 64-bit */
    KSYMS_OBJECT_DATA,               /* not little-endian */
    KSYMS_OBJECT_VERSION,            /* EI_VERSION or e_version is not 1 */
    KSYMS_OBJECT_ABI,                /* EI_OSABI is neither System V nor GNU, or EI_ABIVERSION */
    KSYMS_OBJECT_PADDING,            /* the padding of e_ident is not zero */
    KSYMS_OBJECT_TYPE,               /* not ET_REL */
    KSYMS_OBJECT_MACHINE,            /* not x86-64 */
    KSYMS_OBJECT_ENTRY,              /* has an entry point */
    KSYMS_OBJECT_PROGRAM_HEADERS,    /* has program headers */
    KSYMS_OBJECT_FLAGS,              /* e_flags, of which x86-64 has none */
    KSYMS_OBJECT_HEADER_SIZE,        /* e_ehsize */
    KSYMS_OBJECT_SECTION_ENTRY_SIZE, /* e_shentsize */
    KSYMS_OBJECT_SECTION_COUNT,      /* e_shnum: below 2 or above KSYMS_OBJECT_SECTIONS_MAX */
    KSYMS_OBJECT_SECTION_TABLE,      /* e_shoff: unaligned, inside the header, or past the end */
    KSYMS_OBJECT_NAME_TABLE,         /* e_shstrndx: 0, out of range, or not a string table */
    KSYMS_OBJECT_TRAILING,           /* bytes after the last section that are no padding */

    KSYMS_SECTION_NULL,          /* section 0 is not all zero */
    KSYMS_SECTION_TYPE,          /* a type that is not handled: value */
    KSYMS_SECTION_GROUP,         /* a COMDAT group or a member of one */
    KSYMS_SECTION_TLS,           /* thread-local */
    KSYMS_SECTION_COMPRESSED,    /* allocated and compressed */
    KSYMS_SECTION_FLAGS,         /* flags that are not handled, or that the type contradicts */
    KSYMS_SECTION_WRITE_EXECUTE, /* writable and executable at once */
    KSYMS_SECTION_NO_CODE,       /* executable without contents */
    KSYMS_SECTION_ADDRESS,       /* already placed: sh_addr is not 0 */
    KSYMS_SECTION_ALIGNMENT,     /* no power of two, over the cap, or a table that is unaligned */
    KSYMS_SECTION_LINK,          /* sh_link is no section */
    KSYMS_SECTION_NAME,          /* sh_name is outside the name table */
    KSYMS_SECTION_BOUNDS,        /* offset + size is past the end of the file */
    KSYMS_SECTION_OVERLAP,       /* shares bytes with a header or with another section */
    KSYMS_SECTION_TWICE,         /* a second one of a name or type that must be unique */
    KSYMS_SECTION_MEMORY,        /* the allocated ones together exceed KSYMS_OBJECT_LOADED_MAX */
    KSYMS_STRINGS_EMPTY,         /* a string table without a byte */
    KSYMS_STRINGS_START,         /* its first byte is not NUL */
    KSYMS_STRINGS_END,           /* its last byte is not NUL */
    KSYMS_STRINGS_LONG,          /* a string is longer than KSYMS_OBJECT_NAME_MAX */

    KSYMS_SYMBOLS_MISSING,    /* no symbol table */
    KSYMS_SYMBOLS_ENTRY_SIZE, /* its sh_entsize */
    KSYMS_SYMBOLS_SIZE,       /* no multiple of the entry size, or without the null symbol */
    KSYMS_SYMBOLS_LINK,       /* its sh_link is no string table */
    KSYMS_SYMBOLS_ORDER,      /* its sh_info does not part the local from the other symbols */
    KSYMS_SYMBOL_NULL,        /* symbol 0 is not all zero */
    KSYMS_SYMBOL_NAME,        /* st_name is outside the string table */
    KSYMS_SYMBOL_BINDING,     /* neither local, global nor weak */
    KSYMS_SYMBOL_TYPE,        /* thread-local, IFUNC, or a type that contradicts its section */
    KSYMS_SYMBOL_OTHER,       /* bits of st_other besides the visibility */
    KSYMS_SYMBOL_SECTION,     /* st_shndx is out of range or reserved */
    KSYMS_SYMBOL_UNLOADED,    /* defined in a section that is not loaded */
    KSYMS_SYMBOL_VALUE,       /* beyond its section, or not 0 where it has none */
    KSYMS_SYMBOL_SIZE,        /* its end is beyond its section */
    KSYMS_SYMBOL_LOCAL,       /* undefined (or common) and local */
    KSYMS_SYMBOL_UNNAMED,     /* undefined, or not local, and without a name */
    KSYMS_SYMBOL_COMMON,      /* the alignment of a common symbol */

    KSYMS_RELOCATIONS_ENTRY_SIZE, /* sh_entsize of a relocation table */
    KSYMS_RELOCATIONS_SIZE,       /* no multiple of the entry size */
    KSYMS_RELOCATIONS_LINK,       /* its sh_link is not the symbol table */
    KSYMS_RELOCATIONS_TARGET,     /* its sh_info is no section with contents */
    KSYMS_RELOCATIONS_TWICE,      /* a second table for one section */
    KSYMS_RELOCATION_TYPE,        /* a type that is not handled */
    KSYMS_RELOCATION_SYMBOL,      /* the symbol index is out of range */
    KSYMS_RELOCATION_OFFSET,      /* the field is not wholly inside its section */
    KSYMS_RELOCATION_FIELD,       /* the field is not zero, as it is in RELA objects */
    KSYMS_RELOCATION_OVERLAP,     /* two fields share bytes */

    /* Linking (link.h). */
    KSYMS_LINK_GOT,        /* needs a GOT, and the caller gave no array to plan one */
    KSYMS_LINK_PLACE,      /* the caller placed no memory for a segment, or an impossible address */
    KSYMS_LINK_UNRESOLVED, /* nobody defines a symbol */
    KSYMS_LINK_OVERFLOW,   /* a relocated value does not fit its field */
    KSYMS_LINK_UNLOADED,   /* refers to a section that is not loaded */
    KSYMS_LINK_LIFETIME,   /* stays, but refers to an init section, which goes */

    /* A .modinfo section (modinfo.h). */
    KSYMS_MODINFO_END,   /* the last string has no NUL */
    KSYMS_MODINFO_EQUAL, /* an entry without `=` */
    KSYMS_MODINFO_TAG,   /* an entry with nothing before the `=` */

    /* Loading into a kernel (module.h, which says what the fields of a fault are). */
    KSYMS_MODULE_MEMORY,    /* the host gave no memory */
    KSYMS_MODULE_PROTECT,   /* the host could not protect a segment */
    KSYMS_MODULE_ENTRY,     /* init_module or cleanup_module is not its own code, or not for long */
    KSYMS_MODULE_FUNCTIONS, /* .init_array or .fini_array is no table of its own functions */
    KSYMS_MODULE_INIT,      /* init_module returned an error */
    KSYMS_MODULE_TWICE,     /* one of this name is loaded */
    KSYMS_MODULE_TYPES,     /* it was built with other types than those of what it uses */
    KSYMS_MODULE_USED,      /* another module uses it */
    KSYMS_MODULE_NO_EXIT,   /* it has no cleanup_module */

    /* A text of types (types.h). */
    KSYMS_TYPES_END,   /* the last line has no newline */
    KSYMS_TYPES_HEAD,  /* a line does not begin with a kind and a name */
    KSYMS_TYPES_ORDER, /* a line's head is below that of the line before */
    KSYMS_TYPES_WORK,  /* comparing would take too long */

    KSYMS_STATUS_COUNT
};

/* In `section`, `symbol` and `relocation` of a fault: it is about none. */
#define KSYMS_NONE 0xffffffffu

/*
 * Where an object was refused.  Fields that do not apply to the status are 0, or KSYMS_NONE in
 * `section`, `symbol` and `relocation`.
 */
struct ksyms_fault {
    enum ksyms_status status;
    uint32_t section;         /* at fault; the one of a symbol; the one that a relocation changes */
    uint32_t symbol;          /* index in .symtab */
    uint32_t relocation;      /* index within its SHT_RELA section */
    uint32_t relocation_type; /* R_X86_64_* */
    uint64_t offset;          /* of the field: see the group of the status */
    uint64_t value;           /* what was found */
    uint64_t limit;           /* what would have been allowed, or the largest of it */
};

/* One line of text for a status, without a full stop.  Never null, any value may be given. */
const char *ksyms_status_text(enum ksyms_status status);

KSYMS_END_C

#endif
