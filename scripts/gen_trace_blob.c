// SPDX-License-Identifier: MIT
/* gen_trace_blob.c: the container of a blob: its parts taken apart, and put together again. */
#include <errno.h>
#include <stdlib.h>
#include "gen_trace.h"

void read_file(struct buffer *buffer, const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t bytes[65536];
    size_t count;

    if (file == NULL) {
        fail("%s: %s", path, strerror(errno));
    }
    while ((count = fread(bytes, 1, sizeof(bytes), file)) > 0) {
        put_bytes(buffer, bytes, count);
    }
    if (ferror(file)) {
        fail("%s: %s", path, strerror(errno));
    }
    fclose(file);
}

void open_blob(struct ksyms_table *table, const struct buffer *blob, const char *path)
{
    enum ksyms_status status = ksyms_table_open(table, blob->bytes, blob->size);

    if (status == KSYMS_OK) {
        status = ksyms_table_verify(table);
    }
    if (status != KSYMS_OK) {
        fail("%s: %s", path, ksyms_status_text(status));
    }
}

size_t list_pieces(struct blob_piece *pieces, const struct buffer *blob, const uint32_t *without,
                   size_t without_count)
{
    struct ksyms_blob_header header;
    size_t count = 0;

    memcpy(&header, blob->bytes, sizeof(header));
    for (uint32_t i = 0; i < header.part_count; i++) {
        struct ksyms_blob_part part;
        bool is_kept = true;
        memcpy(&part, blob->bytes + sizeof(header) + i * sizeof(part), sizeof(part));
        for (size_t j = 0; j < without_count; j++) {
            is_kept &= part.kind != without[j];
        }
        if (is_kept) {
            pieces[count++] =
                (struct blob_piece){part.kind, blob->bytes + part.offset, part.size_bytes};
        }
    }
    return count;
}

static void align_buffer(struct buffer *buffer)
{
    while (buffer->size % 8 != 0) {
        put_number(buffer, 0, 1);
    }
}

void assemble_blob(struct buffer *blob, struct ksyms_blob_header header,
                   const struct blob_piece *pieces, size_t count)
{
    uint32_t checksum;

    put_bytes(blob, &header, sizeof(header));
    buffer_grow(blob, count * sizeof(struct ksyms_blob_part));
    for (size_t i = 0; i < count; i++) {
        struct ksyms_blob_part part = {.kind = pieces[i].kind};
        align_buffer(blob);
        part.offset = (uint32_t)blob->size;
        part.size_bytes = (uint32_t)pieces[i].size;
        put_bytes(blob, pieces[i].bytes, pieces[i].size);
        memcpy(blob->bytes + sizeof(header) + i * sizeof(part), &part, sizeof(part));
    }
    align_buffer(blob);
    if (blob->size > UINT32_MAX) {
        fail("a blob of %zu bytes", blob->size);
    }
    header.part_count = (uint32_t)count;
    header.size_bytes = (uint32_t)blob->size;
    memcpy(blob->bytes, &header, sizeof(header));
    checksum = ksyms_blob_checksum(blob->bytes, blob->size);
    memcpy(blob->bytes + offsetof(struct ksyms_blob_header, checksum), &checksum, 4);
}

void empty_blob(struct buffer *blob)
{
    struct ksyms_blob_header header = {.version = KSYMS_BLOB_VERSION_NOW};

    memcpy(header.magic, KSYMS_BLOB_MAGIC_BYTES, KSYMS_BLOB_MAGIC_SIZE);
    assemble_blob(blob, header, NULL, 0);
}
