// SPDX-License-Identifier: MIT
/*
 * integrity.c: module.integrity=off, warn or enforce.
 *
 *  1. The list counts only if its own SHA-256 is the one on the command line; it is copied before
 * it is hashed, as each module's file is before it is hashed and linked.
 *  2. All bytes of a file are hashed: nothing can hang behind it.
 *  3. To enforce without a list that counts is to load nothing.
 */
#include "module/integrity.h"
#include "boot/initrd.h"
#include "boot/options.h"
#include "lib/sha256.h"
#include "module/index_text.h"
#include "onoma/errno.h"
#include "onoma/memory.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "version.h"

#define LIST_PATH MODULE_DIRECTORY "/modules.sha256"

static enum { INTEGRITY_OFF, INTEGRITY_WARN, INTEGRITY_ENFORCE } mode;
static struct text list; /* our copy; empty: there is none that counts */

static bool read_mode(const char *text)
{
    if (strcmp(text, "off") == 0) {
        mode = INTEGRITY_OFF;
    } else if (strcmp(text, "warn") == 0) {
        mode = INTEGRITY_WARN;
    } else if (strcmp(text, "enforce") == 0) {
        mode = INTEGRITY_ENFORCE;
    } else {
        return false;
    }
    return true;
}

/* Null, or why there is no list that counts. */
static const char *read_list(void)
{
    char found[SHA256_TEXT_LENGTH + 1];
    struct cpio_entry file;
    char *copy;

    if (kernel_options.module_digests[0] == '\0') {
        return "module.digests= does not say which SHA-256 it must have";
    }
    if (!initrd_find(LIST_PATH, &file) || !cpio_is_file(&file)) {
        return "it is not in the initrd";
    }
    copy = kmalloc(file.size);
    if (!copy) {
        return "out of memory for a copy of it";
    }
    memcpy(copy, file.data, file.size);
    sha256_text(copy, file.size, found);
    if (strcmp(found, kernel_options.module_digests) != 0) {
        pr_err("module.integrity: /" LIST_PATH " has the SHA-256 %s\n", found);
        kfree(copy);
        return "it has another SHA-256 than module.digests= says";
    }
    list = (struct text){copy, file.size};
    return NULL;
}

void integrity_init(void)
{
    if (!read_mode(kernel_options.module_integrity)) {
        mode = INTEGRITY_ENFORCE; /* what was meant is no less than that */
        pr_err(
            "command line: module.integrity=%s: must be off, warn or enforce; taken as enforce\n",
            kernel_options.module_integrity);
    }
    const char *problem = mode == INTEGRITY_OFF ? NULL : read_list();
    if (problem) {
        pr_err("module.integrity: /" LIST_PATH ": %s: %s\n", problem,
               mode == INTEGRITY_ENFORCE ? "no module can be loaded" : "no module is known");
    }
}

/* A line of sha256sum: the digest, two blanks, a path. */
static bool is_listed(const char *digest)
{
    struct text rest = list, line, word;

    while (text_next_line(&rest, &line)) {
        if (text_next_word(&line, &word) && text_is(word, digest)) {
            return true;
        }
    }
    return false;
}

int integrity_check(const char *file_name, const void *bytes, size_t size_bytes)
{
    char digest[SHA256_TEXT_LENGTH + 1];

    if (mode == INTEGRITY_OFF) {
        return 0;
    }
    sha256_text(bytes, size_bytes, digest);
    if (is_listed(digest)) {
        return 0;
    }
    pr_err("%s: not built with this kernel: SHA-256 %s is not in /" LIST_PATH "%s\n", file_name,
           digest, mode == INTEGRITY_WARN ? "; module.integrity=warn: going on" : "");
    return mode == INTEGRITY_WARN ? 0 : -EPERM;
}
