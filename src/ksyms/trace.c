// SPDX-License-Identifier: MIT
/*
 * trace.c: a stack as text.  Every table and every frame is read by readers that trust nothing
 * (table.h, lines.h, unwind.h), so that a damaged one costs names and no more.
 */
#include "ksyms/module.h"
#include "ksyms/trace.h"
#include "trace_text.h"

/* " name+0x1/0x16 [module]" */
static void write_name(const struct ksyms_host *host, const struct ksyms_location *location,
                       uint64_t address, bool is_return_address)
{
    struct ksyms_symbol symbol;
    char buffer[KSYMS_TRACE_LINE_MAX];
    char name[KSYMS_TRACE_LINKER_MAX];
    struct text text = {.buffer = buffer, .capacity = sizeof(buffer)};

    text_byte(&text, ' ');
    if (location->table &&
        ksyms_table_find_address(location->table, location->table_address, &symbol)) {
        ksyms_symbol_name(location->table, &symbol, name, sizeof(name));
        ksyms_trace_put_name(host, &text, name);
        text_byte(&text, '+');
        text_hex(&text, location->table_address + is_return_address - symbol.address);
        text_byte(&text, '/');
        text_hex(&text, symbol.size);
    } else {
        text_hex(&text, address);
    }
    if (location->module) {
        text_string(&text, " [");
        text_string(&text, location->module->name);
        text_byte(&text, ']');
    }
    text_byte(&text, '\n');
    ksyms_trace_write(host, &text);
}

void ksyms_trace_address(const struct ksyms_host *host, uint64_t address, bool is_return_address)
{
    struct ksyms_location location;

    ksyms_host_locate(host, address - is_return_address, &location);
    write_name(host, &location, address, is_return_address);
    if (host->lines) {
        host->lines(host, &location);
    }
}

static enum ksyms_status step(const struct ksyms_host *host, struct ksyms_frame *frame,
                              bool *is_interrupted)
{
    struct ksyms_location location;
    struct ksyms_stack stack;

    ksyms_host_locate(host, frame->pc - !*is_interrupted, &location);
    bool has_stack = host->find_stack && host->find_stack(host->context, frame->sp, &stack);
    if (!has_stack) {
        stack = (struct ksyms_stack){0, 0};
    }
    if (host->rows) {
        enum ksyms_status status = host->rows(&location, &stack, frame, is_interrupted);
        if (status != KSYMS_STACK_NO_ROW) {
            return status;
        }
    }
    if (frame->bp == 0) {
        return KSYMS_STACK_END; /* its sp may be the stack's very end, which is no stack */
    }
    if (!has_stack) {
        return KSYMS_STACK_BOUNDS;
    }
    enum ksyms_status status = ksyms_frame_unwind(&stack, frame);
    if (status == KSYMS_OK) {
        *is_interrupted = false;
    }
    return status;
}

void ksyms_trace(const struct ksyms_host *host, const struct ksyms_frame *start,
                 bool is_interrupted)
{
    struct ksyms_frame frame = *start;
    enum ksyms_status status = KSYMS_OK;
    char buffer[KSYMS_TRACE_LINE_MAX];
    struct text text = {.buffer = buffer, .capacity = sizeof(buffer)};

    text_string(&text, "Call Trace:\n");
    ksyms_trace_write(host, &text);
    for (unsigned count = 0; status == KSYMS_OK && count < KSYMS_TRACE_FRAMES; count++) {
        ksyms_trace_address(host, frame.pc, !is_interrupted);
        status = step(host, &frame, &is_interrupted);
    }
    if (status == KSYMS_STACK_END) {
        return;
    }
    text.length = 0;
    text_string(&text, " (");
    text_string(&text, status == KSYMS_OK ? "and more frames" : ksyms_status_text(status));
    text_string(&text, ")\n");
    ksyms_trace_write(host, &text);
}
