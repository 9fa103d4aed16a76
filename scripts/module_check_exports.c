// SPDX-License-Identifier: MIT
/*
 * module_check_exports.c: what the kernel and the loaded modules export, in the form of Linux's
 * Module.symvers: hash of its type, name, owner, kind, namespace, with tabs between.
 *
 *     0x1d38e46b  greet  greet  EXPORT_SYMBOL
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms/object.h"
#include "ksyms/types.h"
#include "module/exports.h"
#include "module/module.h"
#include "module_check.h"
#include "panic/names.h"

struct listed {
    const struct exported **exports;
    size_t count;
};

static void list_export(const struct exported *export, void *context)
{
    struct listed *listed = context;

    listed->exports[listed->count++] = export;
}

/* The kernel's first, then by owner and name. */
static int compare_exports(const void *left, const void *right)
{
    const struct exported *a = *(const struct exported *const *)left;
    const struct exported *b = *(const struct exported *const *)right;
    int order = strcmp(a->owner ? a->owner->name : "", b->owner ? b->owner->name : "");

    return order != 0 ? order : strcmp(a->name, b->name);
}

void exports_print(void)
{
    struct listed listed = {.exports = host_allocate(exports_count() * sizeof(void *))};

    exports_for_each(list_export, &listed);
    qsort(listed.exports, listed.count, sizeof(*listed.exports), compare_exports);
    for (size_t i = 0; i < listed.count; i++) {
        const struct exported *export = listed.exports[i];
        printf("0x%08" PRIx32 "\t%s\t%s\tEXPORT_SYMBOL\t%s\n", export->type_hash, export->name,
               export->owner ? export->owner->name : "vmlinux", /* as Linux's tools call it */
               export->namespace);
    }
    free(listed.exports);
}
