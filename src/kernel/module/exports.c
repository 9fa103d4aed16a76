// SPDX-License-Identifier: MIT
/*
 * exports.c: a chained hash table.  The hash of a name is the key of the symbol's type, so that who
 * looks up an import has both.  It doubles when there are more exports than buckets, and halves
 * when there are less than a quarter; should there be no memory for that, nothing else happens than
 * that chains get longer.
 */
#include "module/exports.h"
#include "ksyms/types.h"
#include "module/module.h"
#include "onoma/bug.h"
#include "onoma/export.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/names.h"

#define BUCKETS_FIRST 256 /* a power of two, as all sizes */

extern const struct kernel_symbol __start___ksymtab[], __stop___ksymtab[]; /* kernel.lds */

static struct exported *first_buckets[BUCKETS_FIRST];
static struct exported **buckets = first_buckets;
static size_t bucket_count = BUCKETS_FIRST;
static size_t export_count;

static uint32_t key_of(const char *name, uint32_t length)
{
    static const char head[] = "symbol ";
    static uint32_t head_crc;

    if (head_crc == 0) {
        head_crc = ksyms_types_crc(0, (const uint8_t *)head, sizeof(head) - 1);
    }
    return ksyms_types_crc(head_crc, (const uint8_t *)name, length);
}

static void insert(struct exported *export)
{
    struct exported **bucket = &buckets[export->key & (bucket_count - 1)];

    export->next = *bucket;
    *bucket = export;
}

/* Twice as many buckets, or half; without memory for them it stays as it is, and works as well. */
static void resize(size_t new_count)
{
    size_t old_count = bucket_count;
    struct exported **old = buckets;
    struct exported **new = new_count == BUCKETS_FIRST
                                ? memset(first_buckets, 0, sizeof(first_buckets))
                                : kzalloc(new_count * sizeof(*new));

    if (!new) {
        return;
    }
    buckets = new;
    bucket_count = new_count;
    for (size_t i = 0; i < old_count; i++) {
        for (struct exported *export = old[i], *next; export; export = next) {
            next = export->next;
            insert(export);
        }
    }
    if (old != first_buckets) {
        kfree(old);
    }
}

const struct exported *export_find(const char *name)
{
    uint32_t length = (uint32_t)strlen(name);
    uint32_t key = key_of(name, length);

    for (const struct exported *export = buckets[key & (bucket_count - 1)]; export;
         export = export->next) {
        if (export->key == key && export->name_length == length &&
            memcmp(export->name, name, length) == 0) {
            return export;
        }
    }
    return NULL;
}

void export_decode(const struct kernel_symbol *symbol, struct exported *export)
{
    export->address = (uint64_t)&symbol->value_offset + (uint64_t)(int64_t)symbol->value_offset;
    export->name =
        (const char *)((uint64_t)&symbol->name_offset + (uint64_t)(int64_t)symbol->name_offset);
    export->namespace = (const char *)((uint64_t)&symbol->namespace_offset +
                                       (uint64_t)(int64_t)symbol->namespace_offset);
}

/* The hashes of the types that the owner of these exports offers. */
static struct ksyms_type_hashes hashes_of(const struct module *owner)
{
    const struct ksyms_table *table = owner ? module_table(owner) : names_kernel_table();
    struct ksyms_type_hashes hashes = {0};

    if (table) {
        ksyms_type_hashes_open(&hashes, table);
    }
    return hashes;
}

static void find_type(struct exported *export, const struct ksyms_type_hashes *hashes)
{
    uint32_t number;

    export->has_type = ksyms_type_hashes_find(hashes, export->key, &number);
    export->type_hash = export->has_type ? ksyms_type_hashes_hash(hashes, number) : 0;
}

void exports_add(struct exported *exports, size_t count)
{
    struct ksyms_type_hashes hashes =
        count ? hashes_of(exports->owner) : (struct ksyms_type_hashes){0};

    for (size_t i = 0; i < count; i++) {
        exports[i].name_length = (uint32_t)strlen(exports[i].name);
        exports[i].key = key_of(exports[i].name, exports[i].name_length);
        find_type(&exports[i], &hashes);
        insert(&exports[i]);
        export_count++;
        if (export_count > bucket_count) {
            resize(2 * bucket_count);
        }
    }
}

void exports_remove(struct exported *exports, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct exported **link = &buckets[exports[i].key & (bucket_count - 1)];
        while (*link != &exports[i]) {
            ASSERT(*link);
            link = &(*link)->next;
        }
        *link = exports[i].next;
        export_count--;
        if (bucket_count > BUCKETS_FIRST && export_count < bucket_count / 4) {
            resize(bucket_count / 2);
        }
    }
}

size_t exports_count(void)
{
    return export_count;
}

void exports_for_each(void (*use)(const struct exported *export, void *context), void *context)
{
    for (size_t i = 0; i < bucket_count; i++) {
        for (const struct exported *export = buckets[i]; export; export = export->next) {
            use(export, context);
        }
    }
}

void exports_init(void)
{
    size_t count = (size_t)(__stop___ksymtab - __start___ksymtab);
    struct exported *exports = kzalloc(count * sizeof(*exports));

    if (!exports) {
        panic("no memory for the index of the kernel's %zu exports", count);
    }
    for (size_t i = 0; i < count; i++) {
        export_decode(&__start___ksymtab[i], &exports[i]);
    }
    exports_add(exports, count);
}
