// SPDX-License-Identifier: MIT
/*
 * ksyms_core.c: an ELF core file with physical memory, and the page tables in it.
 *
 *     PT_LOAD   p_paddr: where in the guest's memory these bytes were
 *     PT_NOTE   "QEMU": {u32 version, size; u64 rax rbx rcx rdx rsi rdi rsp rbp r8 ... r15 rip
 * rflags; ten segment registers of 24 bytes; u64 cr0 ... cr4; ...}, once for each CPU
 */
#include "ksyms_core.h"
#include <elf.h>
#include <inttypes.h>
#include <string.h>
#include "ksyms.h"

/* Offsets in the QEMU note. */
enum {
    NOTE_SP = 8 + 6 * 8,
    NOTE_BP = 8 + 7 * 8,
    NOTE_PC = 8 + 16 * 8,
    NOTE_CR3 = 8 + 18 * 8 + 10 * 24 + 3 * 8,
    NOTE_CR4 = NOTE_CR3 + 8,
    NOTE_SIZE_MIN = NOTE_CR4 + 8,
};

#define CR4_LA57      (1u << 12)
#define PAGE_PRESENT  1u
#define PAGE_LARGE    0x80u
#define PAGE_ADDRESS  0x000ffffffffff000ull
#define PAGE_TABLES   4 /* levels: Intel SDM 3A, 4.5 */
#define BITS_OF_INDEX 9

static uint64_t load_u64(const uint8_t *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof(value));
    return value;
}

/* ---- The file ---- */

static uint32_t round_up(uint32_t size)
{
    return (size + 3) & ~3u;
}

static bool take_registers(struct core *core, const uint8_t *description, uint32_t size)
{
    if (size < NOTE_SIZE_MIN) {
        fail("%s: QEMU's note has %" PRIu32 " bytes, not at least %d", core->path, size,
             NOTE_SIZE_MIN);
    }
    if (load_u64(description + NOTE_CR4) & CR4_LA57) {
        fail("%s: page tables of five levels are not read here", core->path);
    }
    core->sp = load_u64(description + NOTE_SP);
    core->bp = load_u64(description + NOTE_BP);
    core->pc = load_u64(description + NOTE_PC);
    core->page_table = load_u64(description + NOTE_CR3) & PAGE_ADDRESS;
    return true;
}

/* The first CPU's registers; false if these notes have none. */
static bool find_registers(struct core *core, struct bytes notes)
{
    size_t at = 0;

    while (notes.size - at >= sizeof(Elf64_Nhdr)) {
        Elf64_Nhdr note;
        memcpy(&note, notes.start + at, sizeof(note));
        at += sizeof(note);
        uint64_t name_size = round_up(note.n_namesz);
        uint64_t size = (uint64_t)round_up(note.n_descsz);
        if (name_size + size > notes.size - at || note.n_namesz > notes.size ||
            note.n_descsz > notes.size) {
            fail("%s: a note reaches over the end of its segment", core->path);
        }
        if (note.n_namesz == 5 && memcmp(notes.start + at, "QEMU", 5) == 0) {
            return take_registers(core, notes.start + at + name_size, note.n_descsz);
        }
        at += name_size + size;
    }
    return false;
}

static void add_segment(struct core *core, const Elf64_Phdr *header, struct bytes bytes)
{
    if (core->segment_count == CORE_SEGMENTS_MAX) {
        fail("%s: more than %d segments", core->path, CORE_SEGMENTS_MAX);
    }
    core->segments[core->segment_count++] =
        (struct core_segment){header->p_paddr, bytes.size, bytes.start};
}

void core_open(struct core *core, const char *path)
{
    struct bytes file = file_map(path);
    Elf64_Ehdr header;
    bool has_registers = false;

    *core = (struct core){.path = path};
    if (file.size < sizeof(header) || memcmp(file.start, ELFMAG, SELFMAG) != 0) {
        fail("%s: not an ELF file: make it with `dump-guest-memory FILE` in QEMU's monitor", path);
    }
    memcpy(&header, file.start, sizeof(header));
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_type != ET_CORE ||
        header.e_machine != EM_X86_64 || header.e_phentsize != sizeof(Elf64_Phdr)) {
        fail("%s: not a core file of x86-64", path);
    }
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        struct bytes place =
            file_part(file, header.e_phoff + (uint64_t)i * sizeof(segment), sizeof(segment));
        if (place.start == NULL) {
            fail("%s: the table of %u segments is not wholly in the file", path, header.e_phnum);
        }
        memcpy(&segment, place.start, sizeof(segment));
        struct bytes bytes = file_part(file, segment.p_offset, segment.p_filesz);
        if (segment.p_filesz > 0 && bytes.start == NULL) {
            fail("%s: segment %u: its %" PRIu64 " bytes at 0x%" PRIx64 " are not all in the file",
                 path, i, segment.p_filesz, segment.p_offset);
        }
        if (segment.p_type == PT_NOTE && !has_registers) {
            has_registers = find_registers(core, bytes);
        } else if (segment.p_type == PT_LOAD) {
            add_segment(core, &segment, bytes);
        }
    }
    if (!has_registers) {
        fail("%s: no note of QEMU with the registers: only dumps of QEMU can be read", path);
    }
}

/* ---- Memory ---- */

/* As many of `size` bytes as lie in one segment; 0 if the first is in none. */
static size_t read_physical(const struct core *core, uint64_t address, void *buffer, size_t size)
{
    for (size_t i = 0; i < core->segment_count; i++) {
        const struct core_segment *segment = &core->segments[i];
        uint64_t offset = address - segment->physical;
        if (offset < segment->size) {
            size_t length = size < segment->size - offset ? size : segment->size - offset;
            memcpy(buffer, segment->bytes + offset, length);
            return length;
        }
    }
    return 0;
}

/* Physical address, and how many bytes lie behind it on its page; false if nothing is mapped. */
static bool translate(const struct core *core, uint64_t address, uint64_t *physical, uint64_t *room)
{
    uint64_t table = core->page_table;

    for (int level = PAGE_TABLES - 1; level >= 0; level--) {
        unsigned shift = 12 + BITS_OF_INDEX * (unsigned)level;
        uint64_t index = address >> shift & ((1u << BITS_OF_INDEX) - 1);
        uint64_t page_size = 1ull << shift;
        uint8_t bytes[8];
        if (read_physical(core, table + index * 8, bytes, sizeof(bytes)) != sizeof(bytes)) {
            return false;
        }
        uint64_t entry = load_u64(bytes);
        if (!(entry & PAGE_PRESENT)) {
            return false;
        }
        if (level == 0 || (level < 3 && (entry & PAGE_LARGE))) {
            uint64_t offset = address & (page_size - 1);
            *physical = (entry & PAGE_ADDRESS & ~(page_size - 1)) + offset;
            *room = page_size - offset;
            return true;
        }
        table = entry & PAGE_ADDRESS;
    }
    return false;
}

bool core_read(const struct core *core, uint64_t address, void *buffer, size_t size)
{
    uint8_t *next = buffer;

    while (size > 0) {
        uint64_t physical, room;
        if (!translate(core, address, &physical, &room)) {
            return false;
        }
        size_t length = read_physical(core, physical, next, size < room ? size : (size_t)room);
        if (length == 0) {
            return false;
        }
        address += length;
        next += length;
        size -= length;
    }
    return true;
}
