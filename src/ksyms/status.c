// SPDX-License-Identifier: MIT
/*
 * status.c: one line of text for every status.  The switch has no default, so that the compiler
 * names a status that was added without its line.
 */
#include <stddef.h>
#include "ksyms/status.h"

const char *ksyms_status_text(enum ksyms_status status)
{
    switch (status) {
    case KSYMS_OK:
        return "no error";

    case KSYMS_BLOB_SHORT:
        return "symbol blob is shorter than it says";
    case KSYMS_BLOB_MAGIC:
        return "not a symbol blob";
    case KSYMS_BLOB_VERSION:
        return "symbol blob is of another format version";
    case KSYMS_BLOB_PART:
        return "a part of the symbol blob is missing, overlaps another or lies outside";
    case KSYMS_BLOB_COUNT:
        return "a count of the symbol blob contradicts the size of its part";
    case KSYMS_BLOB_CHECKSUM:
        return "symbol blob is damaged: its checksum differs";

    case KSYMS_STACK_END:
        return "outermost frame";
    case KSYMS_STACK_ALIGNMENT:
        return "frame not aligned";
    case KSYMS_STACK_BOUNDS:
        return "frame leaves the stack";
    case KSYMS_STACK_ORDER:
        return "frame below the last one";
    case KSYMS_STACK_NO_ROW:
        return "no unwind row for this address";
    case KSYMS_STACK_REGISTER:
        return "row needs an unknown register";

    case KSYMS_OBJECT_ALIGNMENT:
        return "buffer of the object is not 8-byte aligned";
    case KSYMS_OBJECT_SHORT:
        return "file is shorter than an ELF header";
    case KSYMS_OBJECT_LARGE:
        return "file is too long";
    case KSYMS_OBJECT_MAGIC:
        return "not an ELF file";
    case KSYMS_OBJECT_CLASS:
        return "ELF class is not 64-bit";
    case KSYMS_OBJECT_DATA:
        return "ELF data is not little-endian";
    case KSYMS_OBJECT_VERSION:
        return "ELF version is not 1";
    case KSYMS_OBJECT_ABI:
        return "ELF ABI is neither System V nor GNU";
    case KSYMS_OBJECT_PADDING:
        return "padding of the ELF identification is not zero";
    case KSYMS_OBJECT_TYPE:
        return "not a relocatable object";
    case KSYMS_OBJECT_MACHINE:
        return "not for x86-64";
    case KSYMS_OBJECT_ENTRY:
        return "relocatable object has an entry point";
    case KSYMS_OBJECT_PROGRAM_HEADERS:
        return "relocatable object has program headers";
    case KSYMS_OBJECT_FLAGS:
        return "e_flags is not 0";
    case KSYMS_OBJECT_HEADER_SIZE:
        return "e_ehsize is wrong";
    case KSYMS_OBJECT_SECTION_ENTRY_SIZE:
        return "e_shentsize is wrong";
    case KSYMS_OBJECT_SECTION_COUNT:
        return "too few or too many sections";
    case KSYMS_OBJECT_SECTION_TABLE:
        return "section table is unaligned or not wholly inside the file";
    case KSYMS_OBJECT_NAME_TABLE:
        return "e_shstrndx is not a string table";
    case KSYMS_OBJECT_TRAILING:
        return "bytes after the end of the object";

    case KSYMS_SECTION_NULL:
        return "section 0 is not null";
    case KSYMS_SECTION_TYPE:
        return "section type is not supported";
    case KSYMS_SECTION_GROUP:
        return "section group is left over: link with ld -r --force-group-allocation";
    case KSYMS_SECTION_TLS:
        return "thread-local section";
    case KSYMS_SECTION_COMPRESSED:
        return "compressed section is to be loaded";
    case KSYMS_SECTION_FLAGS:
        return "section flags are not supported or contradict its type";
    case KSYMS_SECTION_WRITE_EXECUTE:
        return "section is writable and executable";
    case KSYMS_SECTION_NO_CODE:
        return "section is executable but has no contents";
    case KSYMS_SECTION_ADDRESS:
        return "section has an address already";
    case KSYMS_SECTION_ALIGNMENT:
        return "section alignment is no power of two, too large or not kept";
    case KSYMS_SECTION_LINK:
        return "sh_link is out of range";
    case KSYMS_SECTION_NAME:
        return "section name is out of range";
    case KSYMS_SECTION_BOUNDS:
        return "section is not wholly inside the file";
    case KSYMS_SECTION_OVERLAP:
        return "section overlaps a header or another section";
    case KSYMS_SECTION_TWICE:
        return "section exists twice";
    case KSYMS_SECTION_MEMORY:
        return "sections need too much memory";
    case KSYMS_STRINGS_EMPTY:
        return "string table is empty";
    case KSYMS_STRINGS_START:
        return "string table does not start with NUL";
    case KSYMS_STRINGS_END:
        return "string table does not end with NUL";
    case KSYMS_STRINGS_LONG:
        return "string table holds a string that is too long";

    case KSYMS_SYMBOLS_MISSING:
        return "no symbol table";
    case KSYMS_SYMBOLS_ENTRY_SIZE:
        return "entry size of the symbol table is wrong";
    case KSYMS_SYMBOLS_SIZE:
        return "symbol table is empty or ends inside an entry";
    case KSYMS_SYMBOLS_LINK:
        return "symbol table names no string table";
    case KSYMS_SYMBOLS_ORDER:
        return "local symbols are not before all others";
    case KSYMS_SYMBOL_NULL:
        return "symbol 0 is not null";
    case KSYMS_SYMBOL_NAME:
        return "symbol name is out of range";
    case KSYMS_SYMBOL_BINDING:
        return "symbol is neither local, global nor weak";
    case KSYMS_SYMBOL_TYPE:
        return "symbol type is not supported or contradicts its section";
    case KSYMS_SYMBOL_OTHER:
        return "st_other of the symbol is not supported";
    case KSYMS_SYMBOL_SECTION:
        return "section of the symbol is out of range or reserved";
    case KSYMS_SYMBOL_UNLOADED:
        return "symbol is in a section that is not loaded";
    case KSYMS_SYMBOL_VALUE:
        return "symbol is beyond the end of its section, or has a value without one";
    case KSYMS_SYMBOL_SIZE:
        return "symbol ends beyond its section";
    case KSYMS_SYMBOL_LOCAL:
        return "local symbol is undefined";
    case KSYMS_SYMBOL_UNNAMED:
        return "symbol has no name";
    case KSYMS_SYMBOL_COMMON:
        return "alignment of the common symbol is no power of two or too large";

    case KSYMS_RELOCATIONS_ENTRY_SIZE:
        return "entry size of the relocation table is wrong";
    case KSYMS_RELOCATIONS_SIZE:
        return "relocation table ends inside an entry";
    case KSYMS_RELOCATIONS_LINK:
        return "relocation table does not name the symbol table";
    case KSYMS_RELOCATIONS_TARGET:
        return "relocation table names no section with contents";
    case KSYMS_RELOCATIONS_TWICE:
        return "second relocation table for one section";
    case KSYMS_RELOCATION_TYPE:
        return "relocation type is not supported";
    case KSYMS_RELOCATION_SYMBOL:
        return "symbol of the relocation is out of range";
    case KSYMS_RELOCATION_OFFSET:
        return "relocated field is not wholly inside its section";
    case KSYMS_RELOCATION_FIELD:
        return "field is not zero before its relocation";
    case KSYMS_RELOCATION_OVERLAP:
        return "two relocated fields overlap";

    case KSYMS_LINK_GOT:
        return "global offset table is needed, but there is no memory to plan it";
    case KSYMS_LINK_PLACE:
        return "segment has no memory or an impossible address";
    case KSYMS_LINK_UNRESOLVED:
        return "symbol is not defined anywhere";
    case KSYMS_LINK_OVERFLOW:
        return "relocated value does not fit its field";
    case KSYMS_LINK_UNLOADED:
        return "reference to a section that is not loaded";
    case KSYMS_LINK_LIFETIME:
        return "reference to an init section from one that stays after init";

    case KSYMS_MODINFO_END:
        return "module information does not end with NUL";
    case KSYMS_MODINFO_EQUAL:
        return "module information has an entry without `='";
    case KSYMS_MODINFO_TAG:
        return "module information has an entry without a tag";

    case KSYMS_MODULE_MEMORY:
        return "no memory of the kernel";
    case KSYMS_MODULE_PROTECT:
        return "the kernel cannot protect a segment";
    case KSYMS_MODULE_ENTRY:
        return "entry point is not in the code of the module, or gone when it is called";
    case KSYMS_MODULE_FUNCTIONS:
        return "not one table of functions of the module";
    case KSYMS_MODULE_INIT:
        return "init_module failed, the module is taken out again";
    case KSYMS_MODULE_TWICE:
        return "a module of this name is loaded";
    case KSYMS_MODULE_TYPES:
        return "built with other types than those that are here";
    case KSYMS_MODULE_USED:
        return "another module uses it";
    case KSYMS_MODULE_NO_EXIT:
        return "it has an init_module but no cleanup_module: it stays";

    case KSYMS_TYPES_END:
        return "text of types does not end with a newline";
    case KSYMS_TYPES_HEAD:
        return "text of types has a line without a kind and a name";
    case KSYMS_TYPES_ORDER:
        return "text of types is not in order";
    case KSYMS_TYPES_WORK:
        return "texts of types would take too long to compare";

    case KSYMS_STATUS_COUNT:
        break;
    }
    return "unknown status";
}
