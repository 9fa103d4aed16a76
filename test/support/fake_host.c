// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "fake_host.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096u

#define HOLD(condition, ...)                                                                       \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "fake_host: " __VA_ARGS__);                                            \
            fputc('\n', stderr);                                                                   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static bool fails_now(struct fake_host *fake)
{
    return ++fake->calls == fake->fail_at;
}

static size_t whole_pages(uint64_t size_bytes)
{
    return (size_bytes + PAGE - 1) / PAGE * PAGE;
}

static void *allocate(void *context, size_t size_bytes)
{
    struct fake_host *fake = context;

    HOLD(size_bytes > 0, "allocate: 0 bytes");
    HOLD(fake->piece_count < FAKE_PIECES, "allocate: too many pieces");
    if (fails_now(fake)) {
        return NULL;
    }
    void *memory = malloc(size_bytes); /* of this size exactly: ASan sees a byte too far */
    HOLD(memory, "malloc");
    memset(memory, 0xa5, size_bytes);
    fake->pieces[fake->piece_count].memory = memory;
    fake->pieces[fake->piece_count++].size_bytes = size_bytes;
    return memory;
}

/* The last one first; but modules may go in any order, each with its own piece. */
static void release(void *context, void *memory, size_t size_bytes)
{
    struct fake_host *fake = context;
    unsigned i = fake->piece_count;

    while (i > 0 && fake->pieces[i - 1].memory != memory) {
        i--;
    }
    HOLD(i > 0, "release: memory that was not allocated");
    HOLD(fake->pieces[i - 1].size_bytes == size_bytes, "release: %zu bytes of %zu", size_bytes,
         fake->pieces[i - 1].size_bytes);
    memmove(&fake->pieces[i - 1], &fake->pieces[i],
            (fake->piece_count - i) * sizeof(fake->pieces[0]));
    fake->piece_count--;
    free(memory);
}

static bool map(void *context, struct ksyms_segment *segment, enum ksyms_segment_kind kind)
{
    struct fake_host *fake = context;
    uint64_t alignment = segment->alignment;

    HOLD(kind < KSYMS_SEGMENT_COUNT, "map: kind %d", kind);
    HOLD(segment->size_bytes > 0, "map: 0 bytes");
    HOLD(alignment > 0 && alignment <= PAGE && (alignment & (alignment - 1)) == 0,
         "map: alignment %" PRIu64, alignment);
    HOLD(fake->segment_count < FAKE_PIECES, "map: too many segments");
    if (fails_now(fake)) {
        return false;
    }
    void *memory = mmap(NULL, whole_pages(segment->size_bytes), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    HOLD(memory != MAP_FAILED, "mmap");
    memset(memory, 0xa5, whole_pages(segment->size_bytes));
    segment->bytes = memory;
    segment->address = (uintptr_t)memory;
    fake->segments[fake->segment_count++] = (struct fake_segment){*segment, kind, 0};
    return true;
}

static struct fake_segment *find_segment(struct fake_host *fake, const char *caller,
                                         const struct ksyms_segment *segment,
                                         enum ksyms_segment_kind kind)
{
    for (unsigned i = 0; i < fake->segment_count; i++) {
        struct fake_segment *found = &fake->segments[i];
        if (found->segment.address == segment->address) {
            HOLD(found->kind == kind, "%s: kind %d of a segment of kind %d", caller, kind,
                 found->kind);
            HOLD(memcmp(&found->segment, segment, sizeof(*segment)) == 0,
                 "%s: the segment is not as map left it", caller);
            return found;
        }
    }
    HOLD(false, "%s: a segment that is not mapped", caller);
    return NULL;
}

static void unmap(void *context, const struct ksyms_segment *segment, enum ksyms_segment_kind kind)
{
    struct fake_host *fake = context;
    struct fake_segment *found = find_segment(fake, "unmap", segment, kind);

    munmap(segment->bytes, whole_pages(segment->size_bytes));
    *found = fake->segments[--fake->segment_count];
}

static bool is_wanted_access(const struct fake_segment *segment, enum ksyms_access access)
{
    switch (segment->kind) {
    case KSYMS_SEGMENT_TEXT:
    case KSYMS_SEGMENT_INIT_TEXT:
        return segment->protect_count == 0 && access == KSYMS_ACCESS_READ_EXECUTE;
    case KSYMS_SEGMENT_RODATA:
    case KSYMS_SEGMENT_INIT_RODATA:
        return segment->protect_count == 0 && access == KSYMS_ACCESS_READ;
    case KSYMS_SEGMENT_RO_AFTER_INIT:
        return access ==
                   (segment->protect_count == 0 ? KSYMS_ACCESS_READ_WRITE : KSYMS_ACCESS_READ) &&
               segment->protect_count < 2;
    default:
        return segment->protect_count == 0 && access == KSYMS_ACCESS_READ_WRITE;
    }
}

static bool protect(void *context, const struct ksyms_segment *segment,
                    enum ksyms_segment_kind kind, enum ksyms_access access)
{
    static const int protections[] = {
        [KSYMS_ACCESS_READ] = PROT_READ,
        [KSYMS_ACCESS_READ_WRITE] = PROT_READ | PROT_WRITE,
        [KSYMS_ACCESS_READ_EXECUTE] = PROT_READ | PROT_EXEC,
    };
    struct fake_host *fake = context;
    struct fake_segment *found = find_segment(fake, "protect", segment, kind);

    HOLD(is_wanted_access(found, access), "protect: access %d for kind %d, call %u", access, kind,
         found->protect_count + 1);
    if (fails_now(fake)) {
        return false;
    }
    found->protect_count++;
    HOLD(mprotect(segment->bytes, whole_pages(segment->size_bytes), protections[access]) == 0,
         "mprotect");
    return true;
}

static void write_log(void *context, const char *text, size_t length)
{
    struct fake_host *fake = context;

    HOLD(length < sizeof(fake->log) - fake->log_length, "write: the log is full");
    HOLD(memchr(text, '\0', length) == NULL, "write: a NUL");
    memcpy(fake->log + fake->log_length, text, length);
    fake->log_length += length;
    fake->log[fake->log_length] = '\0';
}

static bool find_stack(void *context, uint64_t sp, struct ksyms_stack *stack)
{
    struct fake_host *fake = context;

    *stack = fake->stack;
    return sp >= stack->low && sp < stack->high;
}

void fake_host_start(struct fake_host *fake)
{
    memset(fake, 0, sizeof(*fake));
    fake->host = (struct ksyms_host){
        .context = fake,
        .write = write_log,
        .find_stack = find_stack,
        .allocate = allocate,
        .release = release,
        .map = map,
        .unmap = unmap,
        .protect = protect,
    };
}

bool fake_host_is_clean(const struct fake_host *fake)
{
    return fake->piece_count == 0 && fake->segment_count == 0 && fake->host.modules == NULL;
}

bool fake_host_is_executable(const struct fake_host *fake, uint64_t address)
{
    for (unsigned i = 0; i < fake->segment_count; i++) {
        const struct fake_segment *segment = &fake->segments[i];
        if (address - segment->segment.address < segment->segment.size_bytes) {
            return segment->protect_count == 1 && (segment->kind == KSYMS_SEGMENT_TEXT ||
                                                   segment->kind == KSYMS_SEGMENT_INIT_TEXT);
        }
    }
    return false;
}

void fake_host_clear_log(struct fake_host *fake)
{
    fake->log_length = 0;
    fake->log[0] = '\0';
}
