// SPDX-License-Identifier: MIT
/*
 * random_modules.c: writes modules that use each other at random, in no time:
 *
 *     random_modules FOLDER VERSION SEED COUNT [EXPORTS]
 *
 * Module g_N exports a function of that name, which returns N plus what the functions of all
 * modules return that it uses: its init adds them up and compares with what was to be, so that a
 * load succeeds only if every call went where it should.  EXPORTS is how many more names each
 * exports. Prints how many uses there are.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "files.h"
#include "object_builder.h"

#define USES_MAX 4

struct node {
    unsigned label; /* of its name: says nothing of the order */
    unsigned uses[USES_MAX];
    unsigned use_count;
    uint32_t value;
};

static struct node *nodes;

static void make_graph(uint64_t seed, unsigned count)
{
    static const unsigned use_counts[] = {0, 0, 1, 1, 1, 2, 2, 4};
    uint64_t state = seed * 2 + 1;

    nodes = calloc(count, sizeof(*nodes));
    assert(nodes);
    for (unsigned i = 0; i < count; i++) {
        unsigned other = (unsigned)(random_next(&state) % (i + 1));
        nodes[i].label = nodes[other].label;
        nodes[other].label = i;
    }
    for (unsigned i = 0; i < count; i++) {
        struct node *node = &nodes[i];
        unsigned wanted = use_counts[random_next(&state) % 8];
        node->value = node->label;
        while (node->use_count < wanted && node->use_count < i) {
            unsigned used = (unsigned)(random_next(&state) % i);
            bool is_new = true;
            for (unsigned u = 0; u < node->use_count; u++) {
                is_new &= node->uses[u] != used;
            }
            if (is_new) {
                node->uses[node->use_count++] = used;
                node->value += nodes[used].value;
            }
        }
    }
}

/* --- Bytes ------------------------------------------------------------------------------------ */

struct code {
    uint8_t bytes[256];
    size_t size;
};

static void put(struct code *code, const char *bytes, size_t size)
{
    assert(code->size + size <= sizeof(code->bytes));
    memcpy(code->bytes + code->size, bytes, size);
    code->size += size;
}

static void put_number(struct code *code, uint32_t number)
{
    put(code, (const char *)&number, sizeof(number));
}

struct writer {
    struct object_builder builder;
    unsigned text, init, data, table, strings;
    unsigned value, name, own; /* symbols */
    unsigned used[USES_MAX];
    struct code text_code, init_code;
    uint8_t zeros[64];
};

/* int init(void) { sum = label + g_a() + g_b(); if (sum != wanted) return -EIO; value = sum; ... }
 */
static size_t write_init(struct writer *writer, const struct node *node, size_t calls[USES_MAX])
{
    struct code *code = &writer->init_code;
    size_t store;

    put(code, "\x55\x48\x89\xe5\x53\x48\x83\xec\x08\xbb", 10); /* push rbp ... mov $label, %ebx */
    put_number(code, node->label);
    for (unsigned u = 0; u < node->use_count; u++) {
        put(code, "\xe8", 1); /* call */
        calls[u] = code->size;
        put_number(code, 0);
        put(code, "\x01\xc3", 2); /* add %eax, %ebx */
    }
    put(code, "\x81\xfb", 2); /* cmp $wanted, %ebx */
    put_number(code, node->value);
    put(code, "\x75\x0a\x89\x1d", 4); /* jne fail; mov %ebx, value(%rip) */
    store = code->size;
    put_number(code, 0);
    put(code, "\x31\xc0\xeb\x05", 4);                   /* xor %eax, %eax; jmp out */
    put(code, "\xb8\xfb\xff\xff\xff", 5);               /* fail: mov $-EIO, %eax */
    put(code, "\x48\x83\xc4\x08\x5b\x5d\xc3", 7);       /* out */
    put(&writer->text_code, "\x8b\x05\0\0\0\0\xc3", 7); /* g_N: mov value(%rip), %eax; ret */
    put(&writer->text_code, "\x90\xc3", 2);             /* cleanup_module, at 8 */
    return store;
}

static void add_symbols(struct writer *writer, const struct node *node, const char *own,
                        unsigned export_count)
{
    struct object_builder *builder = &writer->builder;
    char label[64];

    writer->value = object_builder_symbol(builder, "value", STB_LOCAL, STT_OBJECT, writer->data, 0);
    writer->name =
        object_builder_symbol(builder, "name", STB_LOCAL, STT_NOTYPE, writer->strings, 0);
    for (unsigned i = 0; i < export_count; i++) {
        snprintf(label, sizeof(label), i ? "__ksymtab_%s_%06u" : "__ksymtab_%s", own, i);
        object_builder_symbol(builder, label, STB_LOCAL, STT_NOTYPE, writer->table, 12 * i);
    }
    writer->own = object_builder_symbol(builder, own, STB_GLOBAL, STT_FUNC, writer->text, 0);
    object_builder_symbol(builder, "cleanup_module", STB_GLOBAL, STT_FUNC, writer->text, 8);
    object_builder_symbol(builder, "init_module", STB_GLOBAL, STT_FUNC, writer->init, 0);
    for (unsigned u = 0; u < node->use_count; u++) {
        char used[32];
        snprintf(used, sizeof(used), "g_%u", nodes[node->uses[u]].label);
        writer->used[u] =
            object_builder_symbol(builder, used, STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0);
    }
}

static void write_module(const char *folder, const char *version, const struct node *node,
                         unsigned export_count)
{
    static struct writer writer;
    static const uint8_t zeros[12 * BUILDER_SYMBOLS_MAX];
    struct object_builder *builder = &writer.builder;
    char own[32], path[512], tags[256], strings[4096];
    size_t calls[USES_MAX], store, size, strings_size = 0;
    int tags_size;

    memset(&writer, 0, sizeof(writer));
    object_builder_start(builder);
    snprintf(own, sizeof(own), "g_%u", node->label);
    store = write_init(&writer, node, calls);
    tags_size = snprintf(tags, sizeof(tags),
                         "name=%s%clicense=MIT%calias=all%cvermagic=%s onoma x86_64%cdepends=", own,
                         0, 0, 0, version, 0) +
                1;
    for (unsigned i = 0; i < export_count; i++) {
        strings_size += 1 + (size_t)snprintf(strings + strings_size, sizeof(strings) - strings_size,
                                             i ? "%s_%06u" : "%s", own, i);
    }
    writer.text = object_builder_section(builder, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
                                         writer.text_code.bytes, writer.text_code.size, 16);
    writer.init =
        object_builder_section(builder, ".init.text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR,
                               writer.init_code.bytes, writer.init_code.size, 16);
    writer.data = object_builder_section(builder, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE,
                                         zeros, 8 + 8 * node->use_count, 8);
    writer.table = object_builder_section(builder, "__ksymtab", SHT_PROGBITS, SHF_ALLOC, zeros,
                                          12 * export_count, 4);
    writer.strings = object_builder_section(builder, "__ksymtab_strings", SHT_PROGBITS, SHF_ALLOC,
                                            strings, strings_size, 1);
    object_builder_section(builder, ".modinfo", SHT_PROGBITS, SHF_ALLOC, tags, (size_t)tags_size,
                           1);
    add_symbols(&writer, node, own, export_count);
    object_builder_relocation(builder, writer.text, 2, R_X86_64_PC32, writer.value, -4);
    object_builder_relocation(builder, writer.init, store, R_X86_64_PC32, writer.value, -4);
    for (unsigned u = 0; u < node->use_count; u++) {
        object_builder_relocation(builder, writer.init, calls[u], R_X86_64_PLT32, writer.used[u],
                                  -4);
        object_builder_relocation(builder, writer.data, 8 + 8 * u, R_X86_64_64, writer.used[u], 0);
    }
    for (size_t i = 0, at = 0; i < export_count; i++, at += strlen(strings + at) + 1) {
        object_builder_relocation(builder, writer.table, 12 * i, R_X86_64_PC32, writer.own, 0);
        object_builder_relocation(builder, writer.table, 12 * i + 4, R_X86_64_PC32, writer.name,
                                  (int64_t)at);
        object_builder_relocation(builder, writer.table, 12 * i + 8, R_X86_64_PC32, writer.name,
                                  (int64_t)(at + strlen(strings + at)));
    }
    uint8_t *file = object_builder_finish(builder, &size);
    snprintf(path, sizeof(path), "%s/%s.ko", folder, own);
    write_file(path, file, size);
    free(file);
}

int main(int argc, char **argv)
{
    unsigned count = argc >= 5 ? (unsigned)atoi(argv[4]) : 0, uses = 0;
    unsigned export_count = argc == 6 ? (unsigned)atoi(argv[5]) + 1 : 1;

    if (count == 0 || argc > 6 || export_count > BUILDER_RELOCATIONS_MAX / 3 - 4) {
        fprintf(stderr, "usage: random_modules FOLDER VERSION SEED COUNT [EXPORTS]\n");
        return 2;
    }
    make_graph(strtoull(argv[3], NULL, 0), count);
    for (unsigned i = 0; i < count; i++) {
        write_module(argv[1], argv[2], &nodes[i], export_count);
        uses += nodes[i].use_count;
    }
    printf("%u modules with %u uses of each other\n", count, uses);
    return 0;
}
