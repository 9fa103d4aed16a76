// SPDX-License-Identifier: MIT
/*
 * trace_index.c: from an address to the chunk of a stream that says something of it.
 *
 *     index    │ address, offset │ address, offset │ …        searched
 *     stream   ├─ chunk ─┼─ chunk ─┼─ chunk ─┼─ …             stepped over, at most 16
 *
 * A chunk says how many bytes of code and how many bytes of the stream it has.
 */
#include "trace_parts.h"

struct byte_cursor {
    const uint8_t *next;
    const uint8_t *end;
};

static uint32_t take_byte(struct byte_cursor *cursor)
{
    return cursor->next < cursor->end ? *cursor->next++ : 0;
}

/* 7 bits a byte, the low ones first, at most 5 bytes; bits above the 32nd are lost. */
static uint32_t take_varint(struct byte_cursor *cursor)
{
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint32_t byte = take_byte(cursor);
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return value;
}

static uint64_t read_field(const uint8_t *bytes, unsigned width)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < width; i++) {
        value |= (uint64_t)bytes[i] << 8 * i;
    }
    return value;
}

static size_t block_size(const struct ksyms_trace_index *index)
{
    return (size_t)index->address_width + index->offset_width + index->file_width;
}

bool trace_index_open(struct ksyms_trace_index *index, const struct ksyms_part *part,
                      struct ksyms_part *rest)
{
    struct byte_cursor cursor = {part->bytes, part->bytes + part->size_bytes};
    unsigned widths;
    uint64_t blocks_size, start;

    if (take_byte(&cursor) != KSYMS_TRACE_VERSION) {
        return false;
    }
    widths = take_byte(&cursor);
    index->address_width = widths & 15;
    index->offset_width = widths >> 4 & 7;
    index->file_width = widths & 0x80 ? 2 : 0;
    if (index->address_width > 8 || index->offset_width > 4) {
        return false;
    }
    index->base = 0;
    for (unsigned i = 0; i < 8; i++) {
        index->base |= (uint64_t)take_byte(&cursor) << 8 * i;
    }
    index->count = take_varint(&cursor);
    index->stream.size_bytes = take_varint(&cursor);
    start = (uint64_t)(cursor.next - part->bytes);
    blocks_size = (uint64_t)index->count * block_size(index);
    if (start + blocks_size + index->stream.size_bytes > part->size_bytes) {
        return false;
    }
    index->blocks = part->bytes + start;
    index->stream.bytes = index->blocks + blocks_size;
    rest->bytes = index->stream.bytes + index->stream.size_bytes;
    rest->size_bytes =
        (uint32_t)(part->size_bytes - start - blocks_size - index->stream.size_bytes);
    return true;
}

uint64_t ksyms_trace_block_address(const struct ksyms_trace_index *index, uint32_t number)
{
    const uint8_t *block = index->blocks + number * block_size(index);

    return number < index->count ? index->base + read_field(block, index->address_width)
                                 : UINT64_MAX;
}

static uint32_t block_offset(const struct ksyms_trace_index *index, uint32_t number)
{
    const uint8_t *block = index->blocks + number * block_size(index);
    uint32_t offset = index->stream.size_bytes;

    if (number < index->count) {
        offset = (uint32_t)read_field(block + index->address_width, index->offset_width);
    }
    return offset < index->stream.size_bytes ? offset : index->stream.size_bytes;
}

static uint32_t block_file(const struct ksyms_trace_index *index, uint32_t number)
{
    const uint8_t *block = index->blocks + number * block_size(index);

    return (uint32_t)read_field(block + index->address_width + index->offset_width,
                                index->file_width);
}

/* Blocks that begin at or below an address. */
static uint32_t count_blocks_below(const struct ksyms_trace_index *index, uint64_t address)
{
    uint32_t low = 0, high = index->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (ksyms_trace_block_address(index, middle) <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool trace_find_chunk(const struct ksyms_trace_index *index, uint64_t address,
                      struct trace_chunk *chunk)
{
    uint32_t block = count_blocks_below(index, address);
    struct byte_cursor cursor;

    chunk->start = 0;
    chunk->end = ksyms_trace_block_address(index, block);
    if (block == 0) {
        return false;
    }
    chunk->start = ksyms_trace_block_address(index, block - 1);
    chunk->file = block_file(index, block - 1);
    cursor.next = index->stream.bytes + block_offset(index, block - 1);
    cursor.end = index->stream.bytes + block_offset(index, block);
    for (unsigned i = 0; i < KSYMS_TRACE_BLOCK_CHUNKS && cursor.next < cursor.end; i++) {
        uint32_t span = take_varint(&cursor);
        uint32_t size = take_varint(&cursor);
        size_t rest = (size_t)(cursor.end - cursor.next);
        size = size < rest ? size : (uint32_t)rest;
        if (address - chunk->start < span) {
            chunk->end = chunk->start + span;
            chunk->bits = (struct bit_cursor){cursor.next, 0, (uint64_t)size * 8};
            return size > 0;
        }
        chunk->start += span;
        cursor.next += size;
    }
    return false;
}
