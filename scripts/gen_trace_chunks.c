// SPDX-License-Identifier: MIT
/* gen_trace_chunks.c: chunks of a stream, and the index to find them (src/ksyms/trace_index.c). */
#include <stdlib.h>
#include "gen_trace.h"

bool begins_block(const struct chunks *chunks, uint64_t start)
{
    return chunks->block_count == 0 || chunks->end != start ||
           chunks->chunk_count == KSYMS_TRACE_BLOCK_CHUNKS;
}

static unsigned bits_for(uint32_t value)
{
    return value > 0 ? 32 - (unsigned)__builtin_clz(value) : 0;
}

/* The last block is whole: what its chunks are, then their bytes.  The last one's size is known. */
static void end_block(struct chunks *chunks)
{
    struct code_buffer head = {0};
    uint32_t count = chunks->chunk_count;
    unsigned span_width = 1, size_width = 0;

    if (count == 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        unsigned span = bits_for(chunks->spans[i]);
        unsigned size = i + 1 < count ? bits_for(chunks->sizes[i]) : 0;
        span_width = span > span_width ? span : span_width;
        size_width = size > size_width ? size : size_width;
    }
    if (size_width > 15) {
        fail("a chunk of %u bits to say its bytes", size_width);
    }
    put_high_bits(&head, count - 1, 3);
    put_high_bits(&head, span_width - 1, 5);
    put_high_bits(&head, size_width, 4);
    for (uint32_t i = 0; i < count; i++) {
        put_high_bits(&head, chunks->spans[i], span_width);
        put_high_bits(&head, chunks->sizes[i], i + 1 < count ? size_width : 0);
    }
    put_bytes(&chunks->stream, head.bytes.bytes, head.bytes.size);
    put_bytes(&chunks->stream, chunks->bytes.bytes, chunks->bytes.size);
    chunks->bytes.size = 0;
    chunks->chunk_count = 0;
    buffer_free(&head.bytes);
}

void put_chunk(struct chunks *chunks, uint64_t start, uint64_t end, const struct buffer *bytes,
               uint32_t file)
{
    if (end - start > UINT32_MAX) {
        fail("a chunk of 0x%lx bytes of code", (unsigned long)(end - start));
    }
    if (begins_block(chunks, start)) {
        end_block(chunks);
        chunks->blocks = make_room(chunks->blocks, chunks->block_count, &chunks->block_capacity,
                                   sizeof(*chunks->blocks));
        chunks->blocks[chunks->block_count++] =
            (struct chunk_block){start, (uint32_t)chunks->stream.size, file};
    }
    chunks->spans[chunks->chunk_count] = (uint32_t)(end - start);
    chunks->sizes[chunks->chunk_count++] = (uint32_t)bytes->size;
    put_bytes(&chunks->bytes, bytes->bytes, bytes->size);
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

/* How many bytes the fields of a block have. */
struct block_widths {
    unsigned base, section, place, offset, file;
};

static struct block_widths find_widths(const struct chunks *chunks, uint64_t base)
{
    struct block_widths widths = {.base = bytes_for(base), .file = chunks->has_files ? 2 : 0};

    for (size_t i = 0; i < chunks->block_count; i++) {
        uint64_t address = chunks->blocks[i].address - base;
        unsigned section = bytes_for(address >> 32), place = bytes_for((uint32_t)address);
        widths.section = section > widths.section ? section : widths.section;
        widths.place = place > widths.place ? place : widths.place;
        widths.offset = bytes_for(chunks->blocks[i].offset); /* they rise */
    }
    return widths;
}

static size_t index_size(const struct chunks *chunks, const struct block_widths *widths)
{
    return widths->base + chunks->block_count * (widths->section + widths->place);
}

void put_chunks(struct buffer *part, struct chunks *chunks)
{
    uint64_t base = 0, first = chunks->block_count > 0 ? chunks->blocks[0].address : 0;
    struct block_widths widths, from_first;

    end_block(chunks);
    widths = find_widths(chunks, 0); /* which suits an object: sections and places are small */
    from_first = find_widths(chunks, first);
    if (index_size(chunks, &from_first) < index_size(chunks, &widths)) {
        widths = from_first;
        base = first;
    }
    put_number(part, KSYMS_TRACE_VERSION, 1);
    put_number(part, widths.base | widths.offset << 4 | (chunks->has_files ? 0x80 : 0), 1);
    put_number(part, widths.place | widths.section << 4, 1);
    put_number(part, base, widths.base);
    put_varint(part, (uint32_t)chunks->block_count);
    put_varint(part, (uint32_t)chunks->stream.size);
    for (size_t i = 0; i < chunks->block_count; i++) {
        uint64_t address = chunks->blocks[i].address - base;
        put_number(part, address >> 32, widths.section);
        put_number(part, (uint32_t)address, widths.place);
        put_number(part, chunks->blocks[i].offset, widths.offset);
        put_number(part, chunks->blocks[i].file, widths.file);
    }
    put_bytes(part, chunks->stream.bytes, chunks->stream.size);
    free(chunks->blocks);
    buffer_free(&chunks->bytes);
    buffer_free(&chunks->stream);
}
