// SPDX-License-Identifier: MIT
/*
 * trace.c: a stack as text.  Every table and every frame is read by readers that trust nothing
 * (table.h, lines.h, unwind.h), so that a damaged one costs names and no more.
 */
#include "ksyms/lines.h"
#include "ksyms/module.h"
#include "ksyms/trace.h"
#include "ksyms/unwind_table.h"
#include "text.h"

#define LINE_MAX        384u
#define NAME_MAX        256u /* as it is printed */
#define LINKER_NAME_MAX 512u /* of C++, several times as long */

static void write_text(const struct ksyms_host *host, const struct text *text)
{
    host->write(host->context, text->buffer, text->length);
}

/* A function's name, as the source has it if the host can tell.  It may have been cut. */
static void put_name(const struct ksyms_host *host, struct text *text, const char *name)
{
    char source[NAME_MAX];

    if (host->demangle && host->demangle(name, source, sizeof(source)) > 0) {
        name = source;
    }
    text_name(text, name, NAME_MAX);
}

/* "     at kernel.c:12 (inlined outer)", from the innermost call outwards. */
static void write_lines(const struct ksyms_host *host, const struct ksyms_location *location)
{
    struct ksyms_lines lines;
    struct ksyms_chain chain;
    struct ksyms_place place;
    char buffer[LINE_MAX];

    if (!location->table || ksyms_lines_open(&lines, location->table) != KSYMS_OK ||
        !ksyms_lines_find(&lines, location->table_address, &chain)) {
        return;
    }
    while (ksyms_chain_next(&chain, &place)) {
        struct text text = {.buffer = buffer, .capacity = sizeof(buffer) - 1};
        text_string(&text, "     at ");
        if (place.directory[0] != '\0') {
            text_name(&text, place.directory, NAME_MAX);
            text_byte(&text, '/');
        }
        text_name(&text, place.file, NAME_MAX);
        text_byte(&text, ':');
        text_decimal(&text, place.line);
        if (place.function) {
            text_string(&text, " (inlined ");
            put_name(host, &text, place.function);
            text_byte(&text, ')');
        }
        text.capacity++; /* the last byte was kept for the line end */
        text_byte(&text, '\n');
        write_text(host, &text);
    }
}

/* " name+0x1/0x16 [module]" */
static void write_name(const struct ksyms_host *host, const struct ksyms_location *location,
                       uint64_t address, bool is_return_address)
{
    struct ksyms_symbol symbol;
    char buffer[LINE_MAX];
    char name[LINKER_NAME_MAX];
    struct text text = {.buffer = buffer, .capacity = sizeof(buffer)};

    text_byte(&text, ' ');
    if (location->table &&
        ksyms_table_find_address(location->table, location->table_address, &symbol)) {
        ksyms_symbol_name(location->table, &symbol, name, sizeof(name));
        put_name(host, &text, name);
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
    write_text(host, &text);
}

void ksyms_trace_address(const struct ksyms_host *host, uint64_t address, bool is_return_address)
{
    struct ksyms_location location;

    ksyms_host_locate(host, address - is_return_address, &location);
    write_name(host, &location, address, is_return_address);
    write_lines(host, &location);
}

static enum ksyms_status step(const struct ksyms_host *host, struct ksyms_frame *frame,
                              bool *is_interrupted)
{
    struct ksyms_location location;
    struct ksyms_stack stack = {0};
    struct ksyms_unwind unwind;
    struct ksyms_unwind_row row;

    ksyms_host_locate(host, frame->pc - !*is_interrupted, &location);
    bool has_row = location.table && ksyms_unwind_open(&unwind, location.table) == KSYMS_OK &&
                   ksyms_unwind_find(&unwind, location.table_address, &row);
    if (!has_row && frame->bp == 0) {
        return KSYMS_STACK_END; /* its sp may be the stack's very end, which is no stack */
    }
    if (!host->find_stack || !host->find_stack(host->context, frame->sp, &stack)) {
        return KSYMS_STACK_BOUNDS;
    }
    if (has_row) {
        return ksyms_unwind_step(&row, &stack, frame, is_interrupted);
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
    char buffer[LINE_MAX];
    struct text text = {.buffer = buffer, .capacity = sizeof(buffer)};

    text_string(&text, "Call Trace:\n");
    write_text(host, &text);
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
    write_text(host, &text);
}
