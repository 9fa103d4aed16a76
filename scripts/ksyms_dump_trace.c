// SPDX-License-Identifier: MIT
/*
 * ksyms_dump_trace.c: the call trace of a CPU in a memory dump, unwound by the kit.
 *
 * The kit reads stacks by pointers, as the kernel does.  So the stack is copied here, and those of
 * a frame's values that point into it are moved along with it; what it holds stays as it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ksyms/unwind.h"
#include "ksyms_dump.h"

#define STACK_MAX                                                                                  \
    (64u << 10) /* no stack of a kernel is larger: it ends at a page that is not mapped */
#define PIECE_SIZE 4096u
#define FRAMES_MAX 64u

struct stack_copy {
    uint64_t low, size; /* in the dump */
    uint8_t bytes[STACK_MAX] __attribute__((aligned(16)));
};

/* From the stack pointer up. */
static bool copy_stack(const struct dump *dump, uint64_t sp, struct stack_copy *copy)
{
    copy->low = sp & ~7ull;
    copy->size = 0;
    while (copy->size < STACK_MAX) {
        uint64_t address = copy->low + copy->size;
        uint64_t length = PIECE_SIZE - (address & (PIECE_SIZE - 1));
        if (length > STACK_MAX - copy->size) {
            length = STACK_MAX - copy->size;
        }
        if (!core_read(&dump->core, address, copy->bytes + copy->size, length)) {
            break;
        }
        copy->size += length;
    }
    return copy->size > 0;
}

static uint64_t moved(const struct stack_copy *copy, uint64_t address)
{
    uint64_t offset = address - copy->low;
    return offset <= copy->size ? (uint64_t)(uintptr_t)copy->bytes + offset : address;
}

static bool is_in_copy(const struct stack_copy *copy, uint64_t address)
{
    return address - (uint64_t)(uintptr_t)copy->bytes <= copy->size;
}

static enum ksyms_status step(const struct dump *dump, struct stack_copy *copy,
                              struct ksyms_frame *frame, bool *is_interrupted)
{
    const struct dumped_module *module;
    struct ksyms_unwind_row row;
    uint64_t table_address;
    const struct image *image =
        dump_locate(dump, frame->pc - !*is_interrupted, &module, &table_address);
    bool has_row =
        image && image->has_unwind && ksyms_unwind_find(&image->unwind, table_address, &row);

    if (!has_row && frame->bp == 0) {
        return KSYMS_STACK_END;
    }
    if (!is_in_copy(copy, frame->sp)) {
        if (!copy_stack(dump, frame->sp, copy)) {
            return KSYMS_STACK_BOUNDS;
        }
        frame->sp = moved(copy, frame->sp);
    }
    frame->bp = moved(copy, frame->bp);
    struct ksyms_stack stack = {(uint64_t)(uintptr_t)copy->bytes,
                                (uint64_t)(uintptr_t)copy->bytes + copy->size};
    enum ksyms_status status = has_row ? ksyms_unwind_step(&row, &stack, frame, is_interrupted)
                                       : ksyms_frame_unwind(&stack, frame);
    if (status == KSYMS_OK) {
        *is_interrupted = has_row && *is_interrupted;
        frame->sp = moved(copy, frame->sp);
    }
    return status;
}

int dump_print_trace(const struct dump *dump)
{
    static struct stack_copy copy;
    struct ksyms_frame frame = {dump->core.pc, dump->core.sp, dump->core.bp};
    enum ksyms_status status = KSYMS_OK;
    bool is_interrupted = true;

    printf("Call Trace:\n");
    for (unsigned count = 0; status == KSYMS_OK && count < FRAMES_MAX; count++) {
        dump_print_address(dump, frame.pc, !is_interrupted);
        status = step(dump, &copy, &frame, &is_interrupted);
    }
    if (status != KSYMS_STACK_END) {
        printf(" (%s)\n", status == KSYMS_OK ? "and more frames" : ksyms_status_text(status));
    }
    return EXIT_SUCCESS;
}
