// SPDX-License-Identifier: MIT
/* gen_trace_chunks.c: chunks of a stream, and the index to find them (src/ksyms/trace_index.c). */
#include <stdlib.h>
#include "gen_trace.h"
#include "ksyms/trace_format.h"

bool begins_block(const struct chunks *chunks, uint64_t start)
{
    return chunks->block_count == 0 || chunks->end != start ||
           chunks->chunk_count == KSYMS_TRACE_BLOCK_CHUNKS;
}

void put_chunk(struct chunks *chunks, uint64_t start, uint64_t end, const struct buffer *bytes,
               uint32_t file)
{
    if (end - start > UINT32_MAX) {
        fail("a chunk of 0x%lx bytes of code", (unsigned long)(end - start));
    }
    if (begins_block(chunks, start)) {
        chunks->blocks = make_room(chunks->blocks, chunks->block_count, &chunks->block_capacity,
                                   sizeof(*chunks->blocks));
        chunks->blocks[chunks->block_count++] =
            (struct chunk_block){start, (uint32_t)chunks->stream.size, file};
        chunks->chunk_count = 0;
    }
    put_varint(&chunks->stream, (uint32_t)(end - start));
    put_varint(&chunks->stream, (uint32_t)bytes->size);
    put_bytes(&chunks->stream, bytes->bytes, bytes->size);
    chunks->chunk_count++;
    chunks->end = end;
}

unsigned bytes_for(uint64_t value)
{
    unsigned width = 0;
    while (width < 8 && value >> 8 * width != 0) {
        width++;
    }
    return width;
}

void put_chunks(struct buffer *part, struct chunks *chunks)
{
    size_t count = chunks->block_count;
    uint64_t base = count > 0 ? chunks->blocks[0].address : 0;
    unsigned address_width = count > 0 ? bytes_for(chunks->blocks[count - 1].address - base) : 0;
    unsigned offset_width = count > 0 ? bytes_for(chunks->blocks[count - 1].offset) : 0;

    put_number(part, KSYMS_TRACE_VERSION, 1);
    put_number(part, address_width | offset_width << 4 | (chunks->has_files ? 0x80 : 0), 1);
    put_number(part, base, 8);
    put_varint(part, (uint32_t)count);
    put_varint(part, (uint32_t)chunks->stream.size);
    for (size_t i = 0; i < count; i++) {
        put_number(part, chunks->blocks[i].address - base, address_width);
        put_number(part, chunks->blocks[i].offset, offset_width);
        put_number(part, chunks->blocks[i].file, chunks->has_files ? 2 : 0);
    }
    put_bytes(part, chunks->stream.bytes, chunks->stream.size);
    free(chunks->blocks);
    buffer_free(&chunks->stream);
}
