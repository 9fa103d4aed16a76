// SPDX-License-Identifier: MIT
/*
 * link.h: link a checked object (object.h) into a running image.
 *
 *     check ──► plan ──► (caller places) ──► bind ──► relocate ──► (caller protects, runs init)
 *
 *  plan      sorts the allocated sections into segments of one protection each, and says how many
 *            bytes each segment needs.
 *  place     the caller finds memory for each segment and says where it is: `bytes`, where the
 *            linker writes, and `address`, where it will run.  They may differ: a host test links
 *            for 0xffffffffc0000000 inside a malloc, a kernel writes through one mapping and runs
 *            through another.
 *  bind      gives every symbol its address; undefined ones are asked of the caller.
 *  relocate  copies the sections and applies every relocation, with the overflow checks of GNU ld.
 *
 * The linker allocates nothing: the caller gives its arrays, of one entry a section or a symbol.
 *
 *     struct ksyms_section_place places[object.section_count];
 *     uint64_t addresses[object.symbol_count];
 *     struct ksyms_symbol_bar bars[object.symbol_count];
 *     struct ksyms_link link = {.object = &object, .places = places,
 *                               .symbol_addresses = addresses, .symbol_bars = bars};
 *
 *     ksyms_link_plan(&link, &fault);
 *     for each segment with size_bytes > 0: set .bytes and .address
 *     ksyms_link_bind(&link, resolve, context, &fault);
 *     ksyms_link_relocate(&link, &fault);
 *
 * Code of gcc -fPIC takes addresses from a global offset table (GOT): object.needs_got says so, and
 * then the caller gives got_slots as well.  Plan puts the GOT at the end of KSYMS_SEGMENT_RODATA.
 *
 * Every step may be done again with other places: the object is never written.  `fault` may be null
 * and is written on failure only.
 *
 * Any context in which the memory given may be written.  Stack: at most 1536 bytes.  Not for one
 * link from two CPUs at once. Time is linear in bytes, symbols and relocations, and n^(4/3) at
 * worst in sections. Source of the relocations: x86-64 psABI 4.4, table 4.9.
 */
#ifndef KSYMS_LINK_H
#define KSYMS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/object.h"
#include "ksyms/status.h"
#include "ksyms/language.h"

KSYMS_BEGIN_C

/* Segments: the core stays as long as the module; the init segments go after init has run. */
enum ksyms_segment_kind {
    KSYMS_SEGMENT_TEXT,          /* R X */
    KSYMS_SEGMENT_RODATA,        /* R; the GOT is at its end */
    KSYMS_SEGMENT_RO_AFTER_INIT, /* R W until init has returned, then R: .data..ro_after_init */
    KSYMS_SEGMENT_DATA,          /* R W; common symbols are at its end */
    KSYMS_SEGMENT_INIT_TEXT,     /* R X: sections .init* */
    KSYMS_SEGMENT_INIT_RODATA,   /* R   */
    KSYMS_SEGMENT_INIT_DATA,     /* R W; .init_array too: constructors run before init */
    KSYMS_SEGMENT_COUNT
};

struct ksyms_segment {
    uint64_t size_bytes; /* by plan: 0 if no section went there */
    uint64_t alignment;  /* by plan: a power of two, at most KSYMS_OBJECT_ALIGNMENT_MAX */
    uint8_t *bytes;      /* by the caller: writable, size_bytes long, zeroed or not */
    uint64_t address;    /* by the caller: where it runs, a multiple of alignment */
};

#define KSYMS_SEGMENT_NONE 0xffffffffu

struct ksyms_section_place {
    uint32_t segment; /* enum ksyms_segment_kind, KSYMS_SEGMENT_NONE if it is not loaded */
    uint64_t offset;  /* within the segment */
};

/* Written by bind.  Not 0: a section that stays, or one that goes, must not refer to the symbol. */
struct ksyms_symbol_bar {
    uint32_t core;
    uint32_t init;
};

struct ksyms_link {
    /* By the caller, before plan. */
    const struct ksyms_object *object;
    struct ksyms_section_place *places;   /* object->section_count entries */
    uint64_t *symbol_addresses;           /* object->symbol_count entries; filled by bind */
    struct ksyms_symbol_bar *symbol_bars; /* as many */
    uint32_t *got_slots; /* as many, filled by plan; may be null unless object->needs_got */
    bool keeps_init;     /* the init segments stay: core may refer to them */

    struct ksyms_segment segments[KSYMS_SEGMENT_COUNT];
    uint64_t common_offset; /* by plan: where common symbols start in KSYMS_SEGMENT_DATA */
    uint64_t got_offset;    /* by plan: where the GOT starts in KSYMS_SEGMENT_RODATA */
    uint32_t got_count;     /* by plan: its slots, of 8 bytes each */
};

/*
 * Resolve an undefined symbol.  Returns true and its address, or false when nobody has it.
 * Called once for each undefined symbol of .symtab, in table order, weak ones too, but not for
 * _GLOBAL_OFFSET_TABLE_, which assemblers mention and which is the linker's own; bind goes on
 * after a false, so that the caller can report all that are missing.
 */
typedef bool ksyms_resolve_function(void *context, const char *name, uint64_t *address);

/*
 * Fails if sections share bytes of the file, if one has two relocation tables, or with
 * KSYMS_LINK_GOT if got_slots is null and the object needs it.  On failure the
 * contents of `places` are undefined and the segments are as they were.
 */
enum ksyms_status ksyms_link_plan(struct ksyms_link *link, struct ksyms_fault *fault);

/*
 * Fails with KSYMS_LINK_PLACE if a segment was not placed as plan asked (fault.offset tells which;
 * no symbol was resolved then), and with KSYMS_LINK_UNRESOLVED and the first missing symbol; a weak
 * undefined symbol that nobody has is 0 and no failure.
 */
enum ksyms_status ksyms_link_bind(struct ksyms_link *link, ksyms_resolve_function *resolve,
                                  void *context, struct ksyms_fault *fault);

/*
 * Writes the segments, every byte: gaps become zero, in text the instruction int3.  Fails on values
 * that do not fit (KSYMS_LINK_OVERFLOW: fault.value is the value, fault.limit the largest that
 * fits), on fields outside their section, not zero or overlapping, and on references to what is not
 * there, or not there for long enough.  On failure the contents of the segments are undefined;
 * nothing else was touched.
 */
enum ksyms_status ksyms_link_relocate(struct ksyms_link *link, struct ksyms_fault *fault);

/* Run-time address / writable bytes of a section; 0 and null if it is not loaded. */
uint64_t ksyms_link_section_address(const struct ksyms_link *link, uint32_t section);
uint8_t *ksyms_link_section_bytes(const struct ksyms_link *link, uint32_t section);

/* "R_X86_64_PC32" ..., "unknown" for a number without a name.  Any context. */
const char *ksyms_relocation_name(uint32_t type);

KSYMS_END_C

#endif
