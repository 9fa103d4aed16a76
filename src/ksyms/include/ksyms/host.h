// SPDX-License-Identifier: MIT
/*
 * host.h: all that a kernel provides for the kit, in one structure of functions.  It fills in those
 * of the levels that it wants and leaves the others null.
 *
 *   level     the kernel provides               and has
 *   names     nothing                           ksyms_host_start, ksyms_host_locate; table.h
 *   traces    write, find_stack                 ksyms_trace (trace.h)
 *   modules   allocate, release, map, unmap,    ksyms_module_load, ksyms_module_unload (module.h)
 *             perhaps protect and resolve
 *
 *     static struct ksyms_host host = {.write = write_serial, .find_stack = find_stack};
 *
 *     ksyms_host_start(&host, __ksyms_start, (size_t)(__ksyms_end - __ksyms_start));
 *     ksyms_trace(&host, &frame, true);
 *
 * The kit calls no other function of the kernel but memcpy memmove memset memcmp strlen.  It takes
 * no lock: the kernel lets one CPU at a time load and unload; traces may be printed at any moment,
 * since the list of modules can always be walked.
 *
 * Ownership: struct ksyms_host is the kernel's and stays, and so does the blob.
 * Stack: at most 1536 bytes.
 */
#ifndef KSYMS_HOST_H
#define KSYMS_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "ksyms/language.h"
#include "ksyms/link.h"
#include "ksyms/status.h"
#include "ksyms/table.h"
#include "ksyms/unwind.h"

KSYMS_BEGIN_C

struct ksyms_host;
struct ksyms_module;

/* Where an address lies. */
struct ksyms_location {
    const struct ksyms_module *module; /* null: the kernel */
    const struct ksyms_table *table;   /* of the kernel or the module; null: it has none */
    uint64_t table_address;            /* the address as that table has it */
};

/* What may be done with a segment's memory. */
enum ksyms_access {
    KSYMS_ACCESS_READ,
    KSYMS_ACCESS_READ_WRITE,
    KSYMS_ACCESS_READ_EXECUTE,
};

struct ksyms_host {
    /* Handed to every function as it is; the kit does not look at it. */
    void *context;

    /* ---- Traces.  Called in panics: no lock, no heap, no fault. ---- */

    /* Print text[0 ... length): some of a line, or the end of one with its "\n". */
    void (*write)(void *context, const char *text, size_t length);

    /* The bounds of the stack that holds `sp`.  All of it is readable.  False: there is none, and
     * the trace ends.  It may be asked again on the way, for the stack that an interrupt left. */
    bool (*find_stack)(void *context, uint64_t sp, struct ksyms_stack *stack);

    /* ---- More of a trace: functions of the kit, each with code that is linked only if it is named
     * here.  Null: without. ---- */

    /* Callers by the table's rows (UNWIND) where it has some: ksyms_trace_rows.  Else, and
     * elsewhere, they are found by frame pointers. */
    enum ksyms_status (*rows)(const struct ksyms_location *location,
                              const struct ksyms_stack *stack, struct ksyms_frame *frame,
                              bool *is_interrupted);

    /* File, line and inlined calls, if the table has them (LINES): ksyms_trace_lines. */
    void (*lines)(const struct ksyms_host *host, const struct ksyms_location *location);

    /* For a kernel or modules in C++: ksyms_demangle (demangle.h).  Null: names are printed as the
     * linker has them. */
    size_t (*demangle)(const char *name, char *buffer, size_t capacity);

    /* ---- Modules.  Called by ksyms_module_load and ksyms_module_unload only. ---- */

    /* Memory for the kit's lists: aligned to 8 bytes, contents of no matter.  Null: there is none.
     * Given back by release with the same size, the last one first. */
    void *(*allocate)(void *context, size_t size_bytes);
    void (*release)(void *context, void *memory, size_t size_bytes);

    /*
     * Memory for a segment: segment->size_bytes of it, at an address that is a multiple of
     * segment->alignment (at most 4096), writable.  Set segment->address, where it will run, and
     * segment->bytes, where it is written now: the same address, or another mapping of the memory.
     * Segments that protect() is to treat differently must not share a page.  The address must be
     * within 2 GiB of the kernel, and fit a signed (-mcmodel=kernel) or unsigned (small) number of
     * 32 bits: what does not is refused later.  False: there is no memory.
     */
    bool (*map)(void *context, struct ksyms_segment *segment, enum ksyms_segment_kind kind);

    /* Give it back.  Called once for each map that succeeded, whatever protect said since. */
    void (*unmap)(void *context, const struct ksyms_segment *segment, enum ksyms_segment_kind kind);

    /*
     * From now on `segment` is used like this and no other way.  Called for each segment before any
     * of its code runs, and again with READ for RO_AFTER_INIT when init has returned; after the
     * first call `bytes` is not used any more.  False: it cannot be done, and the module is
     * refused.  Null: memory stays as map gave it, which then has to be executable.
     */
    bool (*protect)(void *context, const struct ksyms_segment *segment,
                    enum ksyms_segment_kind kind, enum ksyms_access access);

    /* Does what a module imports have the types that it was built with (TYPES)?  Null: nobody asks.
     * Else ksyms_module_types (module.h), a function of the kit, linked only if it is named here.
     */
    enum ksyms_status (*types)(const struct ksyms_host *host, const struct ksyms_module *module,
                               const struct ksyms_object *object, struct ksyms_fault *fault);

    /* Which symbols may modules use?  Null: ksyms_host_resolve, which knows all global ones of the
     * kernel and of the modules that are loaded.  The context is that of this structure. */
    ksyms_resolve_function *resolve;

    /* ---- The kit's own; zero at first ---- */

    struct ksyms_table table; /* the kernel's names */
    bool has_table;
    uint64_t slide;                        /* see ksyms_host_start */
    struct ksyms_module *volatile modules; /* loaded ones, the newest first */
};

/*
 * Open and verify the kernel's own table.  KSYMS_OK, or why there are no names: all else works
 * without them.  A kernel that does not run where it was linked for (KASLR) sets host->slide, run
 * address - link address, at any time.
 */
enum ksyms_status ksyms_host_start(struct ksyms_host *host, const void *blob, size_t size_bytes);

/* Which table knows the address?  Any context. */
void ksyms_host_locate(const struct ksyms_host *host, uint64_t address,
                       struct ksyms_location *location);

/*
 * The address of the global symbol (nm's capital letters, but not A) of that name: of the kernel,
 * or else of a loaded module, the newest first.  False if there is none.  It needs a table of all
 * symbols, not of text alone, for modules that use data.
 */
bool ksyms_host_resolve(const struct ksyms_host *host, const char *name, uint64_t *address);

KSYMS_END_C

#endif
