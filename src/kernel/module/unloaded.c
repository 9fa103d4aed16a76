// SPDX-License-Identifier: MIT
/* unloaded.c: a ring of the last code areas that modules gave back; the newest at an address
 * counts. */
#include "module/unloaded.h"
#include "module/module.h"
#include "onoma/compiler.h"
#include "onoma/string.h"

#define REMEMBERED 16

struct unloaded {
    char module[MODULE_NAME_MAX];
    bool is_init;
    uint64_t address, size;
};

static struct unloaded ring[REMEMBERED];
static unsigned count; /* of all that ever were remembered */

static void remember(const struct module *module, const struct area *area, bool is_init)
{
    struct unloaded *unloaded = &ring[count % REMEMBERED];

    if (!area->address) {
        return;
    }
    *unloaded = (struct unloaded){
        .is_init = is_init, .address = area->address, .size = area->page_count * PAGE_SIZE};
    string_copy(unloaded->module, module->name, sizeof(unloaded->module));
    count++;
}

void unloaded_remember_init(const struct module *module)
{
    remember(module, &module->areas[KSYMS_SEGMENT_INIT_TEXT], true);
}

void unloaded_remember(const struct module *module)
{
    unloaded_remember_init(module);
    remember(module, &module->areas[KSYMS_SEGMENT_TEXT], false);
}

/* From the newest back; null behind the oldest. */
static const struct unloaded *recent(unsigned back)
{
    return back <= count && back <= REMEMBERED ? &ring[(count - back) % REMEMBERED] : NULL;
}

bool unloaded_find(struct unloaded_place *place, uint64_t address)
{
    const struct unloaded *unloaded;

    if (module_of_address(address)) {
        return false;
    }
    for (unsigned back = 1; (unloaded = recent(back)) != NULL; back++) {
        uint64_t offset = address - unloaded->address;
        if (offset < unloaded->size) {
            *place = (struct unloaded_place){unloaded->module, unloaded->is_init, offset};
            return true;
        }
    }
    return false;
}

const char *unloaded_last(void)
{
    const struct unloaded *unloaded;

    for (unsigned back = 1; (unloaded = recent(back)) != NULL; back++) {
        if (!unloaded->is_init) {
            return unloaded->module;
        }
    }
    return NULL;
}
