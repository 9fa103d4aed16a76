// SPDX-License-Identifier: MIT
/*
 * protect.c: what may be done with a module's pages, by segment.  Nothing is ever writable and
 * executable at once; data that is constant after init becomes so when init has returned.
 */
#include "arch.h"
#include "module/module.h"
#include "onoma/bug.h"

static enum page_access access_of(unsigned segment, enum module_state state)
{
    switch (segment) {
    case KSYMS_SEGMENT_TEXT:
    case KSYMS_SEGMENT_INIT_TEXT:
        return PAGE_READ_EXECUTE;
    case KSYMS_SEGMENT_RO_AFTER_INIT:
        return state == MODULE_COMING ? PAGE_READ_WRITE : PAGE_READ;
    case KSYMS_SEGMENT_DATA:
    case KSYMS_SEGMENT_INIT_DATA:
        return PAGE_READ_WRITE;
    }
    return PAGE_READ;
}

bool module_protect(struct module *module)
{
    for (unsigned i = 0; i < KSYMS_SEGMENT_COUNT; i++) {
        if (!area_protect(&module->areas[i], access_of(i, module->state))) {
            return false;
        }
    }
    return true;
}

/* area_allocate() has made page tables for each of these pages: nothing is left that could fail. */
void module_protect_after_init(struct module *module)
{
    bool is_protected = area_protect(&module->areas[KSYMS_SEGMENT_RO_AFTER_INIT], PAGE_READ);

    ASSERT(is_protected);
}

size_t module_pages_unprotected(void)
{
    size_t count = 0;

    for (const struct module *module = module_first(); module; module = module->next) {
        for (unsigned i = 0; i < KSYMS_SEGMENT_COUNT; i++) {
            count += area_pages_unprotected(&module->areas[i], access_of(i, module->state));
        }
    }
    return count;
}
