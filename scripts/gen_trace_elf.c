// SPDX-License-Identifier: MIT
/*
 * gen_trace_elf.c: open the kernel or module, and make an object's debug sections readable.
 *
 * The sections of an object (ET_REL) all begin at 0.  Here section n gets the address n << 32, as
 * in a module's blob, and the relocations of .debug_* are applied with it, in a private mapping of
 * the file before libdw sees it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "gen_trace.h"

static void map_file(struct input *input)
{
    struct stat status;
    int descriptor = open(input->path, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0 || fstat(descriptor, &status) != 0) {
        fail("%s: %s", input->path, strerror(errno));
    }
    input->size = (size_t)status.st_size;
    if (input->size == 0) {
        fail("%s: empty", input->path);
    }
    input->bytes = mmap(NULL, input->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, descriptor, 0);
    if (input->bytes == MAP_FAILED) {
        fail("%s: %s", input->path, strerror(errno));
    }
    close(descriptor);
}

static const char *section_name(const struct input *input, const GElf_Shdr *header)
{
    size_t names;
    const char *name = NULL;

    if (elf_getshdrstrndx(input->elf, &names) == 0) {
        name = elf_strptr(input->elf, names, header->sh_name);
    }
    return name != NULL ? name : "";
}

Elf_Scn *input_section(const struct input *input, const char *name, GElf_Shdr *header)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(input->elf, section)) != NULL;) {
        if (gelf_getshdr(section, header) != NULL &&
            strcmp(section_name(input, header), name) == 0) {
            return section;
        }
    }
    return NULL;
}

/* The address that a section's bytes have in this program's output. */
static uint64_t section_address(const struct input *input, size_t index, const GElf_Shdr *header)
{
    if (!input->is_object) {
        return header->sh_addr;
    }
    return header->sh_flags & SHF_ALLOC ? (uint64_t)index << 32 : 0;
}

static int compare_ranges(const void *left, const void *right)
{
    const struct code_range *a = left, *b = right;
    return a->start != b->start ? (a->start > b->start) - (a->start < b->start)
                                : (a->end < b->end) - (a->end > b->end);
}

static void find_code(struct input *input)
{
    size_t capacity = 0;

    for (Elf_Scn *section = NULL; (section = elf_nextscn(input->elf, section)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL || !(header.sh_flags & SHF_EXECINSTR) ||
            !(header.sh_flags & SHF_ALLOC) || header.sh_size == 0) {
            continue;
        }
        uint64_t start = section_address(input, elf_ndxscn(section), &header);
        input->ranges =
            make_room(input->ranges, input->range_count, &capacity, sizeof(*input->ranges));
        input->ranges[input->range_count++] =
            (struct code_range){start, start + header.sh_size, section_name(input, &header)};
    }
    qsort(input->ranges, input->range_count, sizeof(*input->ranges), compare_ranges);
}

bool input_has_code(const struct input *input, uint64_t address)
{
    for (size_t i = 0; i < input->range_count; i++) {
        if (address >= input->ranges[i].start && address < input->ranges[i].end) {
            return true;
        }
    }
    return false;
}

/*
 * Pages of a private mapping that were not written to can be read again: forgetting them costs
 * nothing but time, if they are needed after all.  Those of an object are relocated.
 */
void input_forget(struct input *input, uint64_t offset)
{
    const size_t step = 1 << 22, page = (size_t)sysconf(_SC_PAGESIZE);
    GElf_Shdr header;

    if (input->is_object || offset - input->forgotten < step ||
        input_section(input, ".debug_info", &header) == NULL || offset > header.sh_size) {
        return;
    }
    size_t start = (header.sh_offset + input->forgotten + page - 1) / page * page;
    size_t end = (header.sh_offset + offset) / page * page;
    if (start < end && end <= input->size) {
        madvise(input->bytes + start, end - start, MADV_DONTNEED);
    }
    input->forgotten = offset;
}

/* ---- Symbols ---- */

Elf_Data *input_symbols(const struct input *input, size_t *count, size_t *names)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(input->elf, section)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_SYMTAB) {
            *count = header.sh_size / sizeof(Elf64_Sym);
            *names = header.sh_link;
            return elf_getdata(section, NULL);
        }
    }
    fail("%s: no symbol table", input->path);
}

static uint64_t symbol_address(const struct input *input, const GElf_Sym *symbol)
{
    GElf_Shdr header;
    Elf_Scn *section = elf_getscn(input->elf, symbol->st_shndx);

    if (!input->is_object || symbol->st_shndx >= SHN_LORESERVE || section == NULL ||
        gelf_getshdr(section, &header) == NULL) {
        return symbol->st_value;
    }
    return section_address(input, symbol->st_shndx, &header) + symbol->st_value;
}

size_t input_functions(const struct input *input, struct code_range **functions)
{
    size_t symbol_count, names, count = 0, capacity = 0;
    Elf_Data *table = input_symbols(input, &symbol_count, &names);

    *functions = NULL;
    for (size_t i = 0; i < symbol_count; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(table, (int)i, &symbol) == NULL ||
            GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_size == 0 ||
            symbol.st_shndx == SHN_UNDEF) {
            continue;
        }
        uint64_t start = symbol_address(input, &symbol);
        *functions = make_room(*functions, count, &capacity, sizeof(**functions));
        (*functions)[count++] = (struct code_range){start, start + symbol.st_size,
                                                    elf_strptr(input->elf, names, symbol.st_name)};
    }
    qsort(*functions, count, sizeof(**functions), compare_ranges);
    return count;
}

/* Functions do not lie in each other but for aliases: a few steps back are enough. */
bool functions_cover(const struct code_range *functions, size_t count, uint64_t address)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (functions[middle].start <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (size_t steps = 0; low > 0 && steps < 64; steps++) {
        if (address < functions[--low].end) {
            return true;
        }
    }
    return false;
}

/* ---- Relocation of an object's debug sections ---- */

static void relocate_field(const struct input *input, const GElf_Shdr *target, const char *name,
                           const GElf_Rela *entry, uint64_t value)
{
    unsigned type = (unsigned)GELF_R_TYPE(entry->r_info);
    size_t size = type == R_X86_64_64 ? 8 : 4;

    if (type == R_X86_64_NONE) {
        return;
    }
    if (type != R_X86_64_64 && type != R_X86_64_32) {
        fail("%s: %s: relocation of type %u at 0x%lx", input->path, name, type,
             (unsigned long)entry->r_offset);
    }
    if (entry->r_offset > target->sh_size || target->sh_size - entry->r_offset < size ||
        target->sh_offset > input->size || input->size - target->sh_offset < target->sh_size) {
        fail("%s: %s: relocation outside it, at 0x%lx", input->path, name,
             (unsigned long)entry->r_offset);
    }
    if (size == 4 && value > UINT32_MAX) {
        fail("%s: %s: 0x%lx does not fit 4 bytes, at 0x%lx", input->path, name,
             (unsigned long)value, (unsigned long)entry->r_offset);
    }
    memcpy(input->bytes + target->sh_offset + entry->r_offset, &value, size);
}

static void relocate_section(const struct input *input, Elf_Scn *section, const GElf_Shdr *header,
                             Elf_Data *symbols)
{
    GElf_Shdr target;
    Elf_Scn *target_section = elf_getscn(input->elf, header->sh_info);
    Elf_Data *data = elf_getdata(section, NULL);
    const char *name;

    if (target_section == NULL || gelf_getshdr(target_section, &target) == NULL || data == NULL) {
        fail("%s: %s", input->path, elf_errmsg(-1));
    }
    name = section_name(input, &target);
    if (target.sh_flags & SHF_ALLOC || strncmp(name, ".debug", 6) != 0) {
        return;
    }
    if (target.sh_flags & SHF_COMPRESSED) {
        fail("%s: %s: compressed", input->path, name);
    }
    for (size_t i = 0; i < header->sh_size / sizeof(Elf64_Rela); i++) {
        GElf_Rela entry;
        GElf_Sym symbol;
        if (gelf_getrela(data, (int)i, &entry) == NULL ||
            gelf_getsym(symbols, (int)GELF_R_SYM(entry.r_info), &symbol) == NULL) {
            fail("%s: %s: %s", input->path, name, elf_errmsg(-1));
        }
        relocate_field(input, &target, name, &entry,
                       symbol_address(input, &symbol) + (uint64_t)entry.r_addend);
    }
}

static void relocate_debug(const struct input *input)
{
    size_t symbol_count, names;
    Elf_Data *symbols = input_symbols(input, &symbol_count, &names);

    for (Elf_Scn *section = NULL; (section = elf_nextscn(input->elf, section)) != NULL;) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_RELA) {
            relocate_section(input, section, &header, symbols);
        }
    }
}

void input_open(struct input *input, const char *path)
{
    GElf_Ehdr header;

    *input = (struct input){.path = path};
    map_file(input);
    elf_version(EV_CURRENT);
    input->elf = elf_memory((char *)input->bytes, input->size);
    if (input->elf == NULL || gelf_getehdr(input->elf, &header) == NULL ||
        header.e_machine != EM_X86_64 || header.e_ident[EI_CLASS] != ELFCLASS64) {
        fail("%s: not an ELF file of x86-64", path);
    }
    input->is_object = header.e_type == ET_REL;
    find_code(input);
    if (input->is_object) {
        relocate_debug(input);
    }
    input->dwarf = dwarf_begin_elf(input->elf, DWARF_C_READ, NULL);
    if (input->dwarf == NULL) {
        fail("%s: no debug information (compile with -g): %s", path, dwarf_errmsg(-1));
    }
}

void input_close(struct input *input)
{
    dwarf_end(input->dwarf);
    elf_end(input->elf);
    munmap(input->bytes, input->size);
    free(input->ranges);
}
