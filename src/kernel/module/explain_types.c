// SPDX-License-Identifier: MIT
/*
 * explain_types.c: where hashes of types differ: the texts of both sides are found and compared.
 *
 * The module's own is in its file.  That of the kernel is kernel.types in the initrd, that of
 * another module in that module's file there; each must be of the build that runs, or it would
 * explain something else.  Without it the names of the types that differ are known, and no more.
 */
#include "module/explain_types.h"
#include "boot/initrd.h"
#include "ksyms/object.h"
#include "ksyms/part.h"
#include "module/module.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/names.h"
#include "version.h"

#define KERNEL_TYPES MODULE_DIRECTORY "/kernel/kernel.types"

#define LINES_MAX   32 /* of one report */
#define OF_TYPE_MAX 4  /* of one type: the others have moved because of these, mostly */

/* A text and what holds it. */
struct opened_text {
    struct ksyms_types types;
    uint32_t *lines; /* heap */
    uint8_t *copy;   /* of the file, if it is a module's; heap */
    const char *why; /* there is none */
};

struct explanation {
    const char *file_name;
    const struct module *owner; /* null: the kernel */
    struct opened_text built, here;
    uint32_t *marks; /* heap */
    uint32_t line_count;
    uint32_t difference_count;
    struct ksyms_type_text type; /* of the last difference; its beginning tells it from others */
    uint32_t of_type_count;
};

static const char *owner_name(const struct module *owner)
{
    return owner ? owner->name : "the kernel";
}

/* ---- Texts ---- */

/* 0, or -ENOMEM; a text that cannot be used leaves its reason in `why`. */
static int open_text(struct opened_text *text, const struct ksyms_table *blob)
{
    struct ksyms_part part;
    enum ksyms_status status = ksyms_table_verify(blob);

    if (status == KSYMS_OK && !ksyms_table_part(blob, KSYMS_PART_TYPE_TEXT, &part)) {
        status = KSYMS_BLOB_PART;
    }
    if (status == KSYMS_OK) {
        text->lines = kmalloc((ksyms_types_count_lines(&part) + 1) * sizeof(*text->lines));
        if (!text->lines) {
            return -ENOMEM;
        }
        status = ksyms_types_open(&text->types, &part, text->lines);
    }
    text->why = status == KSYMS_OK ? NULL : ksyms_status_text(status);
    return 0;
}

static bool is_same_build(const struct ksyms_table *left, const struct ksyms_table *right)
{
    const uint8_t *left_id, *right_id;
    size_t size = ksyms_table_build_id(left, &left_id);

    return size > 0 && size == ksyms_table_build_id(right, &right_id) &&
           memcmp(left_id, right_id, size) == 0;
}

/* The blob of a loaded module's file. */
static int find_module_blob(struct opened_text *text, const struct module *owner,
                            const uint8_t **bytes, size_t *size)
{
    struct ksyms_object object;
    struct cpio_entry entry;

    if (!module_file_find(owner->name, &entry)) {
        return 0;
    }
    int error = module_file_open(&entry, &object, &text->copy, NULL);
    if (error == 0) {
        *bytes = ksyms_object_section_bytes(
            &object, ksyms_object_find_section(&object, KSYMS_TYPES_SECTION), size);
    }
    return error == -ENOMEM ? error : 0;
}

static int open_owner_text(struct opened_text *text, const struct module *owner)
{
    const struct ksyms_table *own = owner ? module_table(owner) : names_kernel_table();
    const uint8_t *bytes = NULL;
    struct ksyms_table blob;
    struct cpio_entry entry;
    size_t size = 0;
    int error = 0;

    text->why = "is not in the initrd";
    if (owner) {
        error = find_module_blob(text, owner, &bytes, &size);
    } else if (initrd_find(KERNEL_TYPES, &entry)) {
        bytes = entry.data;
        size = entry.size;
    }
    if (error || !bytes) {
        return error;
    }
    enum ksyms_status status = ksyms_table_open(&blob, bytes, size);
    if (status != KSYMS_OK) {
        text->why = ksyms_status_text(status);
        return 0;
    }
    if (!is_same_build(&blob, own)) {
        text->why = "is of another build";
        return 0;
    }
    return open_text(text, &blob);
}

static void close_text(struct opened_text *text)
{
    kfree(text->lines);
    kfree(text->copy);
}

/* ---- Reports ---- */

/* Say how many of the last type were not shown. */
static void end_type(struct explanation *explanation)
{
    bool is_cut = explanation->type.length > 0 && explanation->of_type_count > OF_TYPE_MAX;

    if (is_cut && explanation->line_count++ < LINES_MAX) {
        pr_err("%s: %.*s: and %u more\n", explanation->file_name, SHOWN(explanation->type),
               explanation->of_type_count - OF_TYPE_MAX);
    }
    explanation->of_type_count = 0;
}

static void report_difference(void *context, const struct ksyms_type_difference *difference)
{
    struct explanation *explanation = context;

    if (difference->type.text != explanation->type.text) {
        end_type(explanation);
        explanation->type = difference->type;
    }
    explanation->difference_count++;
    if (explanation->of_type_count++ < OF_TYPE_MAX || difference->type.length == 0) {
        if (explanation->line_count++ < LINES_MAX) {
            module_report_type(explanation->file_name, difference);
        }
    }
}

/* Without the other side's text: what differs, but not how. */
static void report_names(struct explanation *explanation, const struct ksyms_type_hashes *offered)
{
    for (uint32_t line = 0; line < explanation->built.types.line_count; line++) {
        struct ksyms_type_text head, body;
        uint8_t entry[KSYMS_TYPE_HASH_SIZE];
        struct ksyms_type_hashes needed = {entry, 1};
        ksyms_types_line(&explanation->built.types, line, &head, &body);
        uint32_t key = ksyms_types_key(head), hash = ksyms_types_hash(body);
        memcpy(entry, &key, sizeof(key));
        memcpy(entry + sizeof(key), &hash, sizeof(hash));
        if (ksyms_type_hashes_differ(&needed, offered, 0) != 0) {
            continue;
        }
        explanation->difference_count++;
        if (explanation->line_count++ < LINES_MAX) {
            pr_err("%s: %.*s is not as the module was built with it\n", explanation->file_name,
                   SHOWN(head));
        }
    }
    pr_err("%s: how is not known: %s%s %s\n", explanation->file_name,
           explanation->owner ? "the file of " : "/" KERNEL_TYPES,
           explanation->owner ? explanation->owner->name : "", explanation->here.why);
}

/* ---- Comparing ---- */

static int compare_texts(struct explanation *explanation, const struct ksyms_type_hashes *offered)
{
    const struct ksyms_types *built = &explanation->built.types;

    explanation->marks = kzalloc((built->line_count + 1) * sizeof(*explanation->marks));
    if (!explanation->marks) {
        return -ENOMEM;
    }
    struct ksyms_types_comparison comparison = {
        .built = built,
        .here = &explanation->here.types,
        .marks = explanation->marks,
        .report = report_difference,
        .context = explanation,
    };
    for (uint32_t line = 0; line < built->line_count; line++) {
        struct ksyms_type_text head, body, name;
        ksyms_types_line(built, line, &head, &body);
        /* A text has imports, too: only those that this owner exports are its own. */
        if (!ksyms_types_symbol(head, &name) ||
            !ksyms_type_hashes_find(offered, ksyms_types_key(head), NULL)) {
            continue;
        }
        enum ksyms_status status = ksyms_types_compare(&comparison, line);
        if (status != KSYMS_OK) {
            pr_err("%s: %s\n", explanation->file_name, ksyms_status_text(status));
            explanation->difference_count++;
            break;
        }
    }
    end_type(explanation);
    return 0;
}

static int explain(struct explanation *explanation, const struct ksyms_table *carried,
                   const struct ksyms_type_hashes *offered)
{
    int error = open_text(&explanation->built, carried);

    if (error) {
        return error;
    }
    if (explanation->built.why) {
        pr_err("%s: section " KSYMS_TYPES_SECTION ": %s\n", explanation->file_name,
               explanation->built.why);
        return -ENOEXEC;
    }
    error = open_owner_text(&explanation->here, explanation->owner);
    if (error) {
        return error;
    }
    if (explanation->here.why) {
        report_names(explanation, offered);
        return 0;
    }
    return compare_texts(explanation, offered);
}

int explain_types(const char *file_name, const struct ksyms_table *carried,
                  const struct module *owner, const struct ksyms_type_hashes *offered)
{
    struct explanation explanation = {.file_name = file_name, .owner = owner};
    int error = explain(&explanation, carried, offered);

    if (error == -ENOMEM) {
        pr_err("%s: out of memory for comparing its types\n", file_name);
    } else if (explanation.difference_count > 0) {
        pr_err("%s: built with other types than those of %s: %u difference%s%s: rebuild it\n",
               file_name, owner_name(owner), explanation.difference_count,
               explanation.difference_count == 1 ? "" : "s",
               explanation.line_count > LINES_MAX ? ", not all of them shown" : "");
        error = -ENOEXEC;
    }
    kfree(explanation.marks);
    close_text(&explanation.here);
    close_text(&explanation.built);
    return error;
}
