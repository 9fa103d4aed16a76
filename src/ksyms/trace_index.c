// SPDX-License-Identifier: MIT
/*
 * trace_index.c: from an address to the chunk of a stream that says something of it.
 *
 *     index    │ address, offset │ address, offset │ …             searched
 *     stream   ├──── block ──────┼──── block ──────┼─ …
 *     block    │ spans, sizes │ chunk │ chunk │ …               at most 8
 *
 * What a block says of its chunks stands together, in fields of one width: so a search reads one
 * place, and none of its steps waits for the one before.
 */
#include "trace_parts.h"

static uint32_t take_byte(const uint8_t **next, const uint8_t *end)
{
    return *next < end ? *(*next)++ : 0;
}

uint32_t ksyms_trace_take_varint(const uint8_t **next, const uint8_t *end)
{
    uint32_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
        uint32_t byte = take_byte(next, end);
        value |= (byte & 0x7f) << shift;
        if (byte < 0x80) {
            break;
        }
    }
    return value;
}

bool ksyms_trace_index_open(struct ksyms_trace_index *index, const struct ksyms_part *part,
                            struct ksyms_part *rest)
{
    const uint8_t *next = part->bytes, *end = part->bytes + part->size_bytes;
    unsigned base_width, widths;
    uint64_t blocks_size, start;

    if (take_byte(&next, end) != KSYMS_TRACE_VERSION) {
        return false;
    }
    widths = take_byte(&next, end);
    base_width = widths & 15;
    index->offset_width = (uint8_t)(widths >> 4 & 7);
    index->file_width = widths & 0x80 ? 2 : 0;
    widths = take_byte(&next, end);
    index->place_width = widths & 15;
    index->section_width = (uint8_t)(widths >> 4);
    if (base_width > 8 || index->offset_width > 4 || index->place_width > 8 ||
        index->section_width > 4) {
        return false;
    }
    index->base = 0;
    for (unsigned i = 0; i < base_width; i++) {
        index->base |= (uint64_t)take_byte(&next, end) << 8 * i;
    }
    index->count = ksyms_trace_take_varint(&next, end);
    index->stream.size_bytes = ksyms_trace_take_varint(&next, end);
    index->block_size = (uint8_t)(index->section_width + index->place_width + index->offset_width +
                                  index->file_width);
    start = (uint64_t)(next - part->bytes);
    blocks_size = (uint64_t)index->count * index->block_size;
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

/* The fields of a block that there is, one behind the other. */
static const uint8_t *block_at(const struct ksyms_trace_index *index, uint32_t number)
{
    return index->blocks + (size_t)number * index->block_size;
}

static const uint8_t *end_of(const struct ksyms_trace_index *index)
{
    return index->stream.bytes + index->stream.size_bytes;
}

uint64_t ksyms_trace_block_address(const struct ksyms_trace_index *index, uint32_t number)
{
    const uint8_t *block = block_at(index, number);
    const uint8_t *end = end_of(index);

    if (number >= index->count) {
        return UINT64_MAX;
    }
    return index->base + (read_field(block, index->section_width, end) << 32) +
           read_field(block + index->section_width, index->place_width, end);
}

static uint32_t block_offset(const struct ksyms_trace_index *index, uint32_t number)
{
    uint32_t offset = index->stream.size_bytes;

    if (number < index->count) {
        offset = (uint32_t)read_field(block_at(index, number) + index->section_width +
                                          index->place_width,
                                      index->offset_width, end_of(index));
    }
    return offset < index->stream.size_bytes ? offset : index->stream.size_bytes;
}

static uint32_t block_file(const struct ksyms_trace_index *index, uint32_t number)
{
    const uint8_t *end = block_at(index, number) + index->block_size;

    return (uint32_t)read_field(end - index->file_width, index->file_width, end_of(index));
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

/* Bits of a block: so many from this one on, at most 57, the first one highest. */
static uint64_t block_bits(const uint8_t *block, uint32_t size, uint32_t position, unsigned width)
{
    const uint8_t *bytes = block + position / 8;
    uint64_t word = 0;

    if (position / 8 + 8 <= size) {
        word = __builtin_bswap64(read_u64(bytes));
    } else {
        for (uint32_t i = 0; position / 8 + i < size; i++) {
            word |= (uint64_t)bytes[i] << (56 - 8 * i);
        }
    }
    return word << position % 8 >> (64 - width);
}

static bool find_in_block(const uint8_t *block, uint32_t size, uint64_t address,
                          struct trace_chunk *chunk)
{
    uint32_t head = (uint32_t)block_bits(block, size, 0, KSYMS_BLOCK_HEAD_BITS);
    unsigned count = 1 + (head >> 9);
    unsigned span_width = 1 + (head >> 4 & 31), size_width = head & 15;
    unsigned width = span_width + size_width;
    uint32_t position = KSYMS_BLOCK_HEAD_BITS;
    uint32_t start = (position + count * width - size_width + 7) / 8;

    for (unsigned i = 0; i < count && start < size; i++) {
        uint64_t fields = block_bits(block, size, position, width);
        uint32_t span = (uint32_t)(fields >> size_width);
        uint32_t chunk_size = (uint32_t)fields & ((1u << size_width) - 1);

        if (i == count - 1 || chunk_size > size - start) {
            chunk_size = size - start;
        }
        if (address - chunk->start < span) {
            chunk->end = chunk->start + span;
            chunk->bits = bits_of(block + start, chunk_size);
            return chunk_size > 0;
        }
        chunk->start += span;
        start += chunk_size;
        position += width;
    }
    return false;
}

bool ksyms_trace_find_chunk(const struct ksyms_trace_index *index, uint64_t address,
                            struct trace_chunk *chunk)
{
    uint32_t block = count_blocks_below(index, address);
    uint32_t start, end;

    chunk->start = 0;
    chunk->end = ksyms_trace_block_address(index, block);
    if (block == 0) {
        return false;
    }
    chunk->start = ksyms_trace_block_address(index, block - 1);
    chunk->file = block_file(index, block - 1);
    start = block_offset(index, block - 1);
    end = block_offset(index, block);
    return start < end && find_in_block(index->stream.bytes + start, end - start, address, chunk);
}
