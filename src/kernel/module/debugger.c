// SPDX-License-Identifier: MIT
/*
 * debugger.c: gdb sees modules without a script, by the interface that it has for programs that
 * make code while they run (gdb's manual, "JIT Compilation Interface").
 *
 * gdb knows two names.  It stops at __jit_debug_register_code(), and then, and whenever it
 * attaches, it reads the list behind __jit_debug_descriptor:
 *
 *      __jit_debug_descriptor ──► entry ──► entry ──► 0
 *                                   │         └─► the file of another module
 *                                   └─► hello.ko as it was loaded, debug sections and all, but with
 *                                       the address at which it runs in each section's header
 *
 *  1. A file is read-only and not executable whenever gdb may look at it.
 *  2. A section that is not in memory, or not any more after init, has its offset in the file for
 * an address: down there nothing runs.  Where it was, another module may lie later.
 */
#include "module/debugger.h"
#include "boot/options.h"
#include "ksyms/elf.h"
#include "module/module.h"
#include "onoma/bug.h"
#include "onoma/string.h"

/* Names, numbers and layouts are gdb's. */
enum { JIT_NO_ACTION, JIT_REGISTER, JIT_UNREGISTER };

struct jit_descriptor {
    uint32_t version; /* of the interface: 1 */
    uint32_t action;
    struct jit_code_entry *relevant;
    struct jit_code_entry *first;
};

_Static_assert(sizeof(struct jit_code_entry) == 32 && sizeof(struct jit_descriptor) == 24,
               "gdb reads them by these sizes");

extern struct jit_descriptor __jit_debug_descriptor;
void __jit_debug_register_code(void);

struct jit_descriptor __jit_debug_descriptor = {.version = 1};

/* gdb's breakpoint is here: the call must stay a call, and all must be in memory. */
__noinline void __jit_debug_register_code(void)
{
    __asm__ volatile("" : : : "memory");
}

static void tell(uint32_t action, struct jit_code_entry *entry)
{
    __jit_debug_descriptor.action = action;
    __jit_debug_descriptor.relevant = entry;
    __jit_debug_register_code();
    __jit_debug_descriptor.action = JIT_NO_ACTION;
    __jit_debug_descriptor.relevant = NULL;
}

static void add(struct jit_code_entry *entry)
{
    entry->previous = NULL;
    entry->next = __jit_debug_descriptor.first;
    if (entry->next) {
        entry->next->previous = entry;
    }
    __jit_debug_descriptor.first = entry;
    tell(JIT_REGISTER, entry);
}

static void take(struct jit_code_entry *entry)
{
    if (entry->next) {
        entry->next->previous = entry->previous;
    }
    if (entry->previous) {
        entry->previous->next = entry->next;
    } else {
        __jit_debug_descriptor.first = entry->next;
    }
    tell(JIT_UNREGISTER, entry);
}

/* The file was checked when it was loaded: its section headers are where it says. */
static void write_addresses(const struct module *module)
{
    uint8_t *file = (uint8_t *)module->debugger.area.address;
    const struct ksyms_elf_header *header = (const struct ksyms_elf_header *)file;
    struct ksyms_elf_section *sections = (struct ksyms_elf_section *)(file + header->e_shoff);

    for (uint32_t i = 1; i < module->section_count; i++) {
        bool is_there = module->sections[i].size != 0;
        sections[i].sh_addr = is_there ? module->sections[i].address : sections[i].sh_offset;
    }
}

bool debugger_show(struct module *module, const void *file, size_t size_bytes)
{
    struct debugger_image *image = &module->debugger;

    if (!kernel_options.debug_gdb) {
        return true;
    }
    if (!area_allocate(&image->area, size_bytes)) {
        return false;
    }
    memcpy((void *)image->area.address, file, size_bytes);
    write_addresses(module);
    if (!area_protect(&image->area, PAGE_READ)) {
        area_free(&image->area);
        return false;
    }
    image->entry.file = (const void *)image->area.address;
    image->entry.size_bytes = size_bytes;
    add(&image->entry);
    return true;
}

void debugger_forget_sections(struct module *module)
{
    struct debugger_image *image = &module->debugger;

    if (image->area.page_count == 0) {
        return;
    }
    take(&image->entry);
    /* Its pages have been protected before: there are page tables for each. */
    bool is_writable = area_protect(&image->area, PAGE_READ_WRITE);
    ASSERT(is_writable);
    write_addresses(module);
    bool is_protected = area_protect(&image->area, PAGE_READ);
    ASSERT(is_protected);
    add(&image->entry);
}

void debugger_hide(struct module *module)
{
    if (module->debugger.area.page_count == 0) {
        return;
    }
    take(&module->debugger.entry);
    area_free(&module->debugger.area);
}
